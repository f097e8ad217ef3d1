import pMap from "p-map";
import { CONCURRENCY } from "../concurrency.js";
import { KratosMisdirectedError } from "../errors/misdirected-error.js";
import { KratosNotFoundError } from "../errors/not-found-error.js";
import type { Release } from "../release.js";
import type { Upstream } from "../upstream.js";
import type { WireIdentity } from "../wire.js";
import { getIdentity } from "./get-identity.js";
import { readIdentities } from "./read-identity.js";

/** Kratos echoes the whole query in its Link header, and Node refuses headers over 16 kB: 200 ids are some 8 kB. */
const IDS_PER_REQUEST = 200;

export type FoundIdentities = Map<string, WireIdentity | Error>;

/**
 * The identities of many ids, each under the id as it was asked for: in as few requests as this release allows.
 * @param ids UUIDs, each once
 */
export async function findIdentities(upstream: Upstream, release: Release, ids: readonly string[]): Promise<FoundIdentities> {
  const size = release.features.idsFilter ? IDS_PER_REQUEST : 1;
  // One for all: a thousand single requests to a Kratos that is gone would wait for it sixty times over.
  const deadline = upstream.deadline();
  const parts = Array.from({ length: Math.ceil(ids.length / size) }, (_, part) => ids.slice(part * size, (part + 1) * size));
  const find = (part: readonly string[]) => findPart(upstream, release, part, deadline);
  const entries = parts.length === 1 ? await find(ids) : (await pMap(parts, find, { concurrency: CONCURRENCY })).flat();
  const misdirected = entries.find(([, identity]) => identity instanceof KratosMisdirectedError)?.[1];
  if (misdirected && !(await upstream.isStill("listIdentities", release).catch(() => true))) throw misdirected;
  return new Map(entries);
}

type Entry = [id: string, identity: WireIdentity | Error];

/** One request. Its failure is the failure of these ids alone. */
async function findPart(upstream: Upstream, release: Release, ids: readonly string[], deadline: number): Promise<Entry[]> {
  try {
    const [only] = ids;
    if (ids.length === 1 && only) return [[only, await getIdentity(upstream, release, only, deadline)]];
    const operation = "listIdentities";
    const query = ids.map((id): [string, string] => ["ids", id]);
    const answer = await upstream.sendToAdmin(release, { operation, path: "/identities", query, deadline });
    const byId = new Map(readIdentities(operation, answer).map((identity) => [identity.id, identity]));
    return ids.flatMap((id) => {
      const identity = byId.get(id.toLowerCase());
      return identity ? [[id, identity] satisfies Entry] : [];
    });
  } catch (error) {
    if (error instanceof KratosNotFoundError) return [];
    return ids.map((id) => [id, error as Error]);
  }
}
