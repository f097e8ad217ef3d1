import type { KratosClient } from "../client.js";
import { KratosNotFoundError, KratosPositionError } from "../errors.js";
import { toPathSegment } from "../path-segment.js";
import { expectDeleted } from "../response.js";
import { isUuid, type WireIdentity } from "../types.js";
import { createIdentities, type BatchResult } from "./batch.js";
import { PATCH, patchIdentity, UPDATE, updateIdentity, verifyAddress, type AddressChoice, type IdentityChange, type IdentityPatch, type MergeCheck, type Turn } from "./change.js";
import { createIdentity, toCreateBody, type NewIdentity } from "./create.js";
import { deleteCredential } from "./delete-credential.js";
import { listFiltered } from "./filter.js";
import { getIdentities, getIdentitiesByExternalId } from "./get.js";
import { listByKeyset, listByOffset, type IdentityPage, type ListOptions, type PagePosition } from "./list.js";

/** Identities, by Kratos' admin API. Every method can throw any {@link KratosError}. */
export class Identities {
  constructor(private readonly client: KratosClient) {}

  /**
   * Lists identities.
   * @param first maximum number of identities, 1 to 250
   * @param after position to continue after. Default: the start of the list
   * @throws {KratosPositionError} if the position is one of a version that orders the list differently
   * @throws {KratosUnsupportedError} if this version does not have the filter
   */
  list(first: number, after?: PagePosition, { filter, credentials = false }: ListOptions = {}): Promise<IdentityPage> {
    const { deadline } = this.client;
    return this.client.run("listIdentities", (api) => {
      const { keysetPages } = api.version.features;
      if (after && keysetPages !== (after.index === undefined)) throw new KratosPositionError("listIdentities");
      if (filter) return listFiltered(api, first, after, filter, credentials, deadline);
      return keysetPages ? listByKeyset(api, first, after, credentials) : listByOffset(api, first, after);
    });
  }

  /**
   * Gets the identities with these IDs. An ID that could not be looked up has its error; an unknown one is absent.
   * @param ids any strings. Kratos is not asked for those that are not UUIDs
   * @param credentials whether to get their credentials, too, if this version has them
   */
  async find(ids: readonly string[], credentials?: boolean): Promise<ReadonlyMap<string, WireIdentity | Error>> {
    // For a malformed ID Kratos answers 404, but 400 for a whole `ids=` that contains one.
    const valid = [...new Set(ids.filter(isUuid))];
    if (valid.length === 0) return new Map();
    return this.client.run("listIdentities", (api) => getIdentities(api, valid, this.client.deadline, credentials));
  }

  /**
   * Gets the credentials of the identities with these IDs, like {@link find}.
   * @param ids UUIDs
   * @throws {KratosUnsupportedError} if this version does not have them
   */
  async findCredentials(ids: readonly string[]): Promise<ReadonlyMap<string, NonNullable<WireIdentity["credentials"]> | Error>> {
    const identities = await this.client.run("getIdentity", async (api) => {
      api.require("getIdentity", "credentials", "Reading credentials");
      return getIdentities(api, ids, this.client.deadline, true);
    });
    return new Map([...identities].map(([id, found]) => [id, found instanceof Error ? found : (found.credentials ?? {})]));
  }

  /**
   * Deletes a credential, or one account at a provider of it.
   * @param identifier the account, e.g. `google:12345`
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosCredentialNotFoundError} if the identity has no such credential
   */
  deleteCredential(id: string, type: string, identifier?: string): Promise<void> {
    const { changes, deadline } = this.client;
    const operation = "deleteIdentityCredentials";
    // A patch at the same time would write back the credentials that it has read.
    return this.client.run(operation, (api) => changes.run(operation, id, deadline, () => deleteCredential(api, id, type, identifier)));
  }

  /**
   * Gets the identities with these external IDs. One that could not be looked up has its error; an unknown one is absent.
   * @param externalIds any strings, each once. Kratos is not asked for what cannot be a segment of a path, e.g. an empty one
   */
  async findByExternalId(externalIds: readonly string[], credentials?: boolean): Promise<ReadonlyMap<string, WireIdentity | Error>> {
    const segments = new Map<string, string>();
    for (const externalId of externalIds) {
      const segment = toPathSegment(externalId);
      if (segment !== undefined) segments.set(externalId, segment);
    }
    const { deadline } = this.client;
    return this.client.run("getIdentityByExternalID", (api) => getIdentitiesByExternalId(api, segments, { deadline, credentials }));
  }

  /** Creates an identity. */
  create(identity: NewIdentity): Promise<WireIdentity> {
    return this.client.run("createIdentity", async (api) => createIdentity(api, identity));
  }

  /**
   * Checks what Kratos would not report, or only by refusing a whole batch. Does not check traits.
   * @throws {KratosInvalidError} if something is wrong
   * @throws {KratosUnsupportedError} if the connected Kratos is too old for it
   */
  check(identity: NewIdentity): Promise<void> {
    return this.client.run("createIdentity", async (api) => void toCreateBody("createIdentity", api, identity));
  }

  /**
   * Creates many identities in a few calls. One that Kratos rejects does not keep it from creating the others.
   * @returns a result for each identity, in the same order
   * @throws {KratosUnsupportedError} if the connected Kratos is older than v0.13
   */
  createMany(identities: readonly NewIdentity[]): Promise<BatchResult[]> {
    return this.client.run("batchPatchIdentities", (api) => createIdentities(api, identities, this.client.timeoutMs));
  }

  /**
   * Replaces all traits, and moves the identity to another schema if one is given.
   * @throws {KratosNotFoundError} if there is no such identity
   */
  update(id: string, change: IdentityChange): Promise<WireIdentity> {
    return this.#change(UPDATE, id, (turn) => updateIdentity(turn, change));
  }

  /**
   * Changes what is given, and nothing else.
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosModifiedError} if it was changed after `ifUnmodifiedSince`
   */
  patch(id: string, patch: IdentityPatch, checkMerge?: MergeCheck): Promise<WireIdentity> {
    return this.#change(PATCH, id, (turn) => patchIdentity(turn, patch, checkMerge));
  }

  /**
   * Marks an address of an identity as verified. One that is verified stays as it is.
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosInvalidError} if it has no such address
   */
  verifyAddress(id: string, address: AddressChoice): Promise<WireIdentity> {
    return this.#change(PATCH, id, (turn) => verifyAddress(turn, address));
  }

  /** All changes of an identity wait for each other. */
  #change(operation: string, id: string, change: (turn: Turn) => Promise<WireIdentity>): Promise<WireIdentity> {
    const { changes, deadline } = this.client;
    return this.client.run(operation, async (api) => {
      if (!isUuid(id)) throw new KratosNotFoundError(operation);
      return changes.run(operation, id, deadline, () => change({ api, id, deadline }));
    });
  }

  /**
   * Deletes an identity.
   * @throws {KratosNotFoundError} if there is no such identity
   */
  delete(id: string): Promise<void> {
    const operation = "deleteIdentity";
    return this.client.run(operation, async (api) => {
      if (!isUuid(id)) throw new KratosNotFoundError(operation);
      await api.admin(operation, async (admin) => expectDeleted(await admin.delete(`identities/${id}`)));
    });
  }
}
