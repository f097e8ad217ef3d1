import type { KyInstance } from "ky";
import pMap from "p-map";
import type { KratosApi } from "../api.js";
import { BATCH_CONCURRENCY, type CallOptions } from "../client.js";
import { KratosFilterIgnoredError, KratosMalformedIdentityError, KratosNotFoundError, KratosVersionMismatchError } from "../errors.js";
import { describeMismatch, expectJson, isBoolean, isJson, isJsonObject, isString, listOf, objectWith, optional } from "../response.js";
import { INCLUDE_CREDENTIALS, isCredentials, withoutSecrets } from "./credentials.js";
import type { WireIdentity, WireRecoveryAddress, WireVerifiableAddress } from "../types.js";

export const isIdentity = objectWith<WireIdentity>({
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
  credentials: optional(isCredentials),
  metadata_public: isJson,
  metadata_admin: isJson,
  created_at: optional(isString),
  updated_at: optional(isString),
});

const hasIds = listOf(objectWith<Pick<WireIdentity, "id">>({ id: isString }));

/**
 * Reads the identity in the response to a change. It comes without its credentials, because their dates are not those that are stored.
 * @throws {ResponseFormatError} if the JSON is not an identity
 */
export function expectIdentity(json: unknown): WireIdentity {
  const { credentials: _, ...identity } = expectJson<WireIdentity>(json, isIdentity);
  return identity;
}

/**
 * Reads a list of identities. One that is malformed is an error in its place.
 * @throws {ResponseFormatError} if the JSON is not a list of objects with IDs
 */
export function expectIdentities(json: unknown): IdentityOrError[] {
  return expectJson<WireIdentity[]>(json, hasIds).map((identity) => {
    const path = isIdentity(identity);
    if (path !== undefined) return new KratosMalformedIdentityError("listIdentities", identity.id, describeMismatch(path));
    return identity.credentials ? { ...identity, credentials: withoutSecrets(identity.credentials) } : identity;
  });
}

export type IdentityOrError = WireIdentity | KratosMalformedIdentityError;

/** @param isComplete whether the credentials are all that this version says of them, none included. Otherwise, they are left out */
export function withCredentials<T extends IdentityOrError>(identity: T, isComplete: boolean): T {
  if (identity instanceof Error) return identity;
  const { credentials, ...rest } = identity as WireIdentity;
  return (isComplete ? { ...rest, credentials: credentials ?? {} } : rest) as T;
}

export interface ReadOptions extends CallOptions {
  /** Whether to get the credentials, too, if this version has them. Default: false. */
  readonly credentials?: boolean;
}

/** @param id a UUID */
export function getIdentity(api: KratosApi, id: string, options?: ReadOptions): Promise<WireIdentity> {
  return readIdentity(api, "getIdentity", `identities/${id}`, options);
}

async function readIdentity(api: KratosApi, operation: string, path: string, { credentials = false, ...options }: ReadOptions = {}): Promise<WireIdentity> {
  const { features } = api.version;
  const isAsked = credentials && features.includeCredential;
  const searchParams = isAsked ? INCLUDE_CREDENTIALS : {};
  // Without being asked, every version that knows them has them here. v0.11 has none if it is asked.
  const isComplete = isAsked || (features.credentials && !features.includeCredential);
  const read = async (admin: KyInstance) => expectJson<WireIdentity>(await admin.get(path, { searchParams }).json(), isIdentity);
  const identity = await api.admin(operation, read, options);
  return withCredentials({ ...identity, credentials: withoutSecrets(identity.credentials) }, isComplete);
}

/** Kratos repeats the whole query in its `Link` header, and Node refuses headers over 16 kB: 200 IDs have about 8 kB. */
export const IDS_PER_REQUEST = 200;

/** The identities that were found, and an error for each key that could not be looked up. */
type Found = Map<string, WireIdentity | Error>;

/**
 * Gets many identities in as few requests as this version allows. An ID that could not be looked up has its error.
 * @param ids UUIDs, each once
 * @param credentials whether to get their credentials, too, if this version has them
 * @param deadline one for all requests: otherwise a thousand of them, 16 at a time, would wait for an unavailable Kratos sixty times
 */
export function getIdentities(api: KratosApi, ids: readonly string[], deadline: number, credentials = false): Promise<Found> {
  const size = api.version.features[credentials ? "includeCredential" : "idsFilter"] ? IDS_PER_REQUEST : 1;
  const chunks = Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size));
  return findInChunks(api, "listIdentities", chunks, async (chunk) => {
    const [id] = chunk;
    if (chunk.length === 1 && id) return [[id, await getIdentity(api, id, { credentials, deadline })]];
    // v1.1.0 does not find an ID in upper case.
    const searchParams = [...chunk.map((each) => ["ids", each.toLowerCase()]), ...(credentials ? INCLUDE_CREDENTIALS : [])];
    const request = async (admin: KyInstance) => expectIdentities(await admin.get("identities", { searchParams }).json());
    const identities = (await api.admin("listIdentities", request, { deadline })).map((identity) => withCredentials(identity, credentials));
    const byId = new Map(identities.map((identity) => [identity.id, identity]));
    const found = chunk.flatMap((each) => {
      const identity = byId.get(each.toLowerCase());
      return identity ? [[each, identity] satisfies Entry] : [];
    });
    if (byId.size > found.length) throw new KratosFilterIgnoredError("listIdentities");
    return found;
  });
}

const BY_EXTERNAL_ID = "getIdentityByExternalID";

/**
 * Gets identities by their external IDs, one request each. An external ID that could not be looked up has its error.
 * @param segments the external IDs, each once, with the segments of a path that they are encoded as
 * @param options with one deadline for all requests
 */
export function getIdentitiesByExternalId(api: KratosApi, segments: ReadonlyMap<string, string>, options: ReadOptions): Promise<Found> {
  api.require(BY_EXTERNAL_ID, "externalId");
  const chunks = [...segments.keys()].map((externalId) => [externalId]);
  return findInChunks(api, BY_EXTERNAL_ID, chunks, async ([externalId = ""]) => {
    const path = `identities/by/external/${segments.get(externalId)}`;
    return [[externalId, await readIdentity(api, BY_EXTERNAL_ID, path, options)]];
  });
}

type Entry = [key: string, identity: WireIdentity | Error];

/**
 * Makes a request for each chunk of keys. If it fails, only the keys of the chunk fail.
 * @param find the identities that the keys of a chunk find
 */
async function findInChunks(
  api: KratosApi,
  operation: string,
  chunks: readonly (readonly string[])[],
  find: (chunk: readonly string[]) => Promise<Entry[]>,
): Promise<Found> {
  const tryToFind = async (chunk: readonly string[]): Promise<Entry[]> => {
    try {
      return await find(chunk);
    } catch (error) {
      return error instanceof KratosNotFoundError ? [] : chunk.map((key) => [key, error as Error]);
    }
  };
  const entries = chunks.length === 1 ? await tryToFind(chunks[0]!) : (await pMap(chunks, tryToFind, { concurrency: BATCH_CONCURRENCY })).flat();
  const mismatches = entries.map(([, result]) => result).filter((result) => result instanceof KratosVersionMismatchError);
  const [mismatch] = mismatches;
  // If one of many fails, the others are worth more than another attempt, unless Kratos is another version.
  if (mismatch && (mismatches.length === entries.length || !(await api.isCurrent(operation).catch(() => true)))) throw mismatch;
  return new Map(entries);
}
