import { KratosNotFoundError } from "../errors/not-found-error.js";
import type { Release } from "../release.js";
import type { Upstream } from "../upstream.js";
import type { WireIdentity } from "../wire.js";
import { getIdentity } from "./get-identity.js";
import { isIdentityId } from "./identity-id.js";
import { readIdentity } from "./read-identity.js";

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
