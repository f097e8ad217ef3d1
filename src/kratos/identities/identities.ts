import { readJson } from "../answer.js";
import { KratosInvalidError, KratosNotFoundError, KratosUnexpectedResponseError } from "../errors.js";
import type { WireIdentity } from "../types.js";
import type { Upstream } from "../upstream.js";
import type { Release } from "../version.js";
import { findIdentities, getIdentity, isIdentityId, readIdentity } from "./get.js";
import { type IdentityPage, listByKey, listByNumber, type PagePosition } from "./list.js";

export interface IdentityChange {
  /** The schema to move to; the present one where it is left out. */
  readonly schemaId?: string;
  /** All traits as they shall be, or how they are made from the present ones. */
  readonly traits: object | ((present: object) => object);
}

const operation = "updateIdentity";

/** Changes what is given and nothing else. */
export async function updateIdentity(
  upstream: Upstream,
  release: Release,
  id: string,
  change: IdentityChange,
): Promise<WireIdentity> {
  if (!isIdentityId(id)) throw new KratosNotFoundError(operation);
  const updated = await (release.features.patch ? patch : replace)(upstream, release, id, change);
  if (change.schemaId === undefined) return updated;
  // The answer to a change of schema still gives the old schema's address. What fails now does not undo the change.
  return getIdentity(upstream, release, id).catch(() => updated);
}

async function patch(upstream: Upstream, release: Release, id: string, change: IdentityChange): Promise<WireIdentity> {
  const traits =
    typeof change.traits === "function" ? change.traits((await getIdentity(upstream, release, id)).traits as object) : change.traits;
  const json = [
    ...(change.schemaId === undefined ? [] : [{ op: "replace", path: "/schema_id", value: change.schemaId }]),
    { op: "replace", path: "/traits", value: traits },
  ];
  const path = `/identities/${id}`;
  return readIdentity(operation, await upstream.sendToAdmin(release, { operation, method: "patch", path, json }));
}

/** PUT replaces the whole identity, so what this release has beside the traits is read first and sent along. */
async function replace(upstream: Upstream, release: Release, id: string, change: IdentityChange): Promise<WireIdentity> {
  const { schema_id, state, metadata_public, metadata_admin, traits: present } = await getIdentity(upstream, release, id);
  const traits = typeof change.traits === "function" ? change.traits(present as object) : change.traits;
  const json = { schema_id: change.schemaId ?? schema_id, traits, state, metadata_public, metadata_admin };
  const path = `/identities/${id}`;
  return readIdentity(operation, await upstream.sendToAdmin(release, { operation, method: "put", path, json }));
}

/** Identities, by Kratos' admin API. Every method can throw any {@link KratosError}. */
export class Identities {
  constructor(private readonly upstream: Upstream) {}

  /** At most `first` (1 to 250) identities after a position, or from the start. */
  list(first: number, after?: PagePosition): Promise<IdentityPage> {
    return this.upstream.run("listIdentities", (release) => {
      const listPage = release.features.keysetPages ? listByKey : listByNumber;
      return listPage(this.upstream, release, first, after);
    });
  }

  /**
   * The identities that there are of these ids, and for an id that could not be asked for its error.
   * @param ids any strings; one that is not a UUID has no identity, and Kratos is not asked for it
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, WireIdentity | Error>> {
    const valid = [...new Set(ids.filter(isIdentityId))];
    if (valid.length === 0) return new Map();
    return this.upstream.run("listIdentities", (release) => findIdentities(this.upstream, release, valid));
  }

  create(schemaId: string, traits: object): Promise<WireIdentity> {
    const operation = "createIdentity";
    return this.upstream.run(operation, async (release) => {
      checkSchemaId(operation, schemaId);
      const json = { schema_id: schemaId, traits };
      return readIdentity(
        operation,
        await this.upstream.sendToAdmin(release, { operation, method: "post", path: "/identities", json }),
      );
    });
  }

  /** Changes what is given and nothing else. */
  update(id: string, change: IdentityChange): Promise<WireIdentity> {
    const operation = "updateIdentity";
    return this.upstream.run(operation, async (release) => {
      checkSchemaId(operation, change.schemaId);
      return updateIdentity(this.upstream, release, id, change);
    });
  }

  /** @throws {KratosNotFoundError} where there was none */
  delete(id: string): Promise<void> {
    const operation = "deleteIdentity";
    return this.upstream.run(operation, async (release) => {
      if (!isIdentityId(id)) throw new KratosNotFoundError(operation);
      const path = `/identities/${id}`;
      const answer = await this.upstream.sendToAdmin(release, { operation, method: "delete", path });
      if (answer.status === 204) return;
      readJson(operation, answer);
      throw new KratosUnexpectedResponseError(operation, answer.status, "an answer to a deletion");
    });
  }
}

/** Kratos takes an empty id for the default schema at a creation, and stores it as it is at a change. */
function checkSchemaId(operation: string, schemaId: string | undefined): void {
  if (schemaId !== "") return;
  throw new KratosInvalidError(operation, [{ path: ["schema_id"], message: 'Expected the id of an identity schema, such as "default".' }]);
}
