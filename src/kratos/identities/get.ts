import pMap from "p-map";
import { BATCH_CONCURRENCY, type CallOptions, type KratosApi } from "../client.js";
import { KratosMalformedIdentityError, KratosNotFoundError, KratosVersionMismatchError } from "../errors.js";
import { describeMismatch, expectJson, isBoolean, isJson, isJsonObject, isString, listOf, objectWith, optional } from "../response.js";
import type { WireIdentity, WireRecoveryAddress, WireVerifiableAddress } from "../types.js";

const isIdentity = objectWith<WireIdentity>({
  id: isString,
  external_id: optional(isString),
  organization_id: optional(isString),
  schema_id: isString,
  schema_url: isString,
  traits: optional(isJsonObject),
  state: optional(isString),
  state_changed_at: optional(isString),
  verifiable_addresses: optional(
    listOf(
      objectWith<WireVerifiableAddress>({
        id: optional(isString),
        value: isString,
        verified: isBoolean,
        via: isString,
        status: isString,
        verified_at: optional(isString),
        created_at: optional(isString),
        updated_at: optional(isString),
      }),
    ),
  ),
  recovery_addresses: optional(
    listOf(
      objectWith<WireRecoveryAddress>({
        id: optional(isString),
        value: isString,
        via: isString,
        created_at: optional(isString),
        updated_at: optional(isString),
      }),
    ),
  ),
  metadata_public: isJson,
  metadata_admin: isJson,
  created_at: optional(isString),
  updated_at: optional(isString),
});

const hasIds = listOf(objectWith<Pick<WireIdentity, "id">>({ id: isString }));

/** @throws {ResponseFormatError} if the JSON is not an identity */
export function expectIdentity(json: unknown): WireIdentity {
  return expectJson(json, isIdentity);
}

/**
 * Reads a list of identities. One that is malformed is an error in its place.
 * @throws {ResponseFormatError} if the JSON is not a list of objects with IDs
 */
export function expectIdentities(json: unknown): (WireIdentity | KratosMalformedIdentityError)[] {
  return expectJson<WireIdentity[]>(json, hasIds).map((identity) => {
    const path = isIdentity(identity);
    return path === undefined ? identity : new KratosMalformedIdentityError("listIdentities", identity.id, describeMismatch(path));
  });
}

/** @param id a UUID */
export function getIdentity(api: KratosApi, id: string, options?: CallOptions): Promise<WireIdentity> {
  return api.admin("getIdentity", async (admin) => expectIdentity(await admin.get(`identities/${id}`).json()), options);
}

/** Kratos repeats the whole query in its `Link` header, and Node refuses headers over 16 kB: 200 IDs have about 8 kB. */
const IDS_PER_REQUEST = 200;

/**
 * Gets many identities in as few requests as this version allows. An ID that could not be looked up has its error.
 * @param ids UUIDs, each once
 * @param deadline one for all requests: otherwise a thousand of them, 16 at a time, would wait for an unavailable Kratos sixty times
 */
export async function getIdentities(api: KratosApi, ids: readonly string[], deadline: number): Promise<Map<string, WireIdentity | Error>> {
  const size = api.version.features.idsFilter ? IDS_PER_REQUEST : 1;
  const chunks = Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size));
  const getOne = (chunk: readonly string[]) => getChunk(api, chunk, deadline);
  const entries = chunks.length === 1 ? await getOne(ids) : (await pMap(chunks, getOne, { concurrency: BATCH_CONCURRENCY })).flat();
  const mismatches = entries.map(([, result]) => result).filter((result) => result instanceof KratosVersionMismatchError);
  const [mismatch] = mismatches;
  // If one of many fails, the others are worth more than another attempt, unless Kratos is another version.
  if (mismatch && (mismatches.length === entries.length || !(await api.isCurrent("listIdentities").catch(() => true)))) throw mismatch;
  return new Map(entries);
}

type Entry = [id: string, identity: WireIdentity | Error];

/** One request. If it fails, only these IDs fail. */
async function getChunk(api: KratosApi, ids: readonly string[], deadline: number): Promise<Entry[]> {
  try {
    const [id] = ids;
    if (ids.length === 1 && id) return [[id, await getIdentity(api, id, { deadline })]];
    // v1.1.0 does not find an ID in upper case.
    const searchParams = ids.map((each): [string, string] => ["ids", each.toLowerCase()]);
    const identities = await api.admin("listIdentities", async (admin) => expectIdentities(await admin.get("identities", { searchParams }).json()), { deadline });
    const byId = new Map(identities.map((identity) => [identity.id, identity]));
    return ids.flatMap((each) => {
      const identity = byId.get(each.toLowerCase());
      return identity ? [[each, identity] satisfies Entry] : [];
    });
  } catch (error) {
    if (error instanceof KratosNotFoundError) return [];
    return ids.map((id) => [id, error as Error]);
  }
}
