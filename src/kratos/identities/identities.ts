import type { KratosApi, KratosClient } from "../client.js";
import { KratosInvalidError, KratosNotFoundError, KratosPositionError } from "../errors.js";
import { toPathSegment } from "../path-segment.js";
import { ResponseFormatError } from "../response.js";
import { isUuid, type WireIdentity } from "../types.js";
import { checkSchemaId, createIdentity, type NewIdentity } from "./create.js";
import { deleteCredential } from "./delete-credential.js";
import { listFiltered } from "./filter.js";
import { expectIdentity, getIdentities, getIdentitiesByExternalId, getIdentity } from "./get.js";
import { listByKeyset, listByOffset, type IdentityPage, type ListOptions, type PagePosition } from "./list.js";

/** A change to an identity. */
export interface IdentityChange {
  /** ID of the schema to move the identity to. Default: its current schema. */
  readonly schemaId?: string;
  /** All traits of the identity. */
  readonly traits: object;
}

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
      api.require("getIdentity", "credentials");
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
    return this.client.run("deleteIdentityCredentials", (api) => deleteCredential(api, id, type, identifier));
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
   * Changes what is given, and nothing else.
   * @throws {KratosNotFoundError} if there is no such identity
   */
  update(id: string, change: IdentityChange): Promise<WireIdentity> {
    return this.client.run(UPDATE, async (api) => {
      const issues = checkSchemaId(change.schemaId);
      if (issues.length > 0) throw new KratosInvalidError(UPDATE, issues);
      if (!isUuid(id)) throw new KratosNotFoundError(UPDATE);
      const updated = await (api.version.features.patch ? patch : replace)(api, id, change);
      if (change.schemaId === undefined) return updated;
      // The response to a change of schema still has the old schema's URL. A failure from here on does not undo the change.
      return getIdentity(api, id).catch(() => updated);
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
      await api.admin(operation, async (admin) => {
        const { status } = await admin.delete(`identities/${id}`);
        if (status !== 204) throw new ResponseFormatError("not the response to a deletion");
      });
    });
  }
}

const UPDATE = "updateIdentity";

async function patch(api: KratosApi, id: string, { schemaId, traits }: IdentityChange): Promise<WireIdentity> {
  const json = [
    ...(schemaId === undefined ? [] : [{ op: "replace", path: "/schema_id", value: schemaId }]),
    { op: "replace", path: "/traits", value: traits },
  ];
  return api.admin(UPDATE, async (admin) => expectIdentity(await admin.patch(`identities/${id}`, { json }).json()));
}

/** PUT replaces the whole identity, so what this version keeps beside the traits is read first and sent along. */
async function replace(api: KratosApi, id: string, { schemaId, traits }: IdentityChange): Promise<WireIdentity> {
  const { schema_id, state, metadata_public, metadata_admin } = await getIdentity(api, id);
  const json = { schema_id: schemaId ?? schema_id, traits, state, metadata_public, metadata_admin };
  return api.admin(UPDATE, async (admin) => expectIdentity(await admin.put(`identities/${id}`, { json }).json()));
}
