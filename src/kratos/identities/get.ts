import pMap from "p-map";
import { readList, readObject } from "../answer.js";
import { CONCURRENCY } from "../concurrency.js";
import { KratosNotFoundError, KratosVersionMismatchError } from "../errors.js";
import type { KratosAnswer } from "../sender.js";
import type { WireIdentity } from "../types.js";
import type { Upstream } from "../upstream.js";
import type { Release } from "../version.js";

/** @param id a UUID */
export async function getIdentity(upstream: Upstream, release: Release, id: string, deadline?: number): Promise<WireIdentity> {
  const operation = "getIdentity";
  return readIdentity(operation, await upstream.sendToAdmin(release, { operation, path: `/identities/${id}`, deadline }));
}

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
  const misdirected = entries.find(([, identity]) => identity instanceof KratosVersionMismatchError)?.[1];
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

const KEYS = ["id", "schema_id", "schema_url", "traits"] as const;

export function readIdentity(operation: string, answer: KratosAnswer): WireIdentity {
  return readObject<WireIdentity>(operation, answer, KEYS);
}

export function readIdentities(operation: string, answer: KratosAnswer): WireIdentity[] {
  return readList<WireIdentity>(operation, answer, KEYS);
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID, in either case: what Kratos names identities, flows and requests by. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Whether an id can be an identity's. Kratos says 404 for another by itself, but 400 for all of an `ids=` that holds one. */
export function isIdentityId(id: string): boolean {
  return isUuid(id);
}
