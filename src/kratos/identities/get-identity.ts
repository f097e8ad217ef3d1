import type { Release } from "../release.js";
import type { Upstream } from "../upstream.js";
import type { WireIdentity } from "../wire.js";
import { readIdentity } from "./read-identity.js";

/** @param id a UUID */
export async function getIdentity(upstream: Upstream, release: Release, id: string, deadline?: number): Promise<WireIdentity> {
  const operation = "getIdentity";
  return readIdentity(operation, await upstream.sendToAdmin(release, { operation, path: `/identities/${id}`, deadline }));
}
