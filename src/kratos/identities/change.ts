import type { KratosApi } from "../api.js";
import { KratosInvalidError, KratosModifiedError, KratosUnexpectedResponseError, type ValidationIssue } from "../errors.js";
import type { WireIdentity, WireVerifiableAddress } from "../types.js";
import { checkExternalId, checkMetadata, checkSchemaId, type IdentityState } from "./create.js";
import { expectIdentity, getIdentity } from "./get.js";

/** All traits of an identity, and its schema. */
export interface IdentityChange {
  /** ID of the schema to move the identity to. Default: its current schema. */
  readonly schemaId?: string;
  /** All traits of the identity. */
  readonly traits: object;
}

/** What to change of an identity. What is left out stays. */
export interface IdentityPatch {
  /** Traits to merge into the current ones (RFC 7396), or to replace all of them. */
  readonly traits?: { readonly merge: object } | { readonly replace: object };
  readonly schemaId?: string;
  readonly state?: IdentityState;
  /** Null clears it. */
  readonly metadataPublic?: unknown;
  /** Null clears it. */
  readonly metadataAdmin?: unknown;
  /** Null clears it. */
  readonly externalId?: string | null;
  /** The time of the last update that the identity must have. */
  readonly ifUnmodifiedSince?: string;
}

/**
 * Checks traits before they are merged into an identity. What it throws prevents the change.
 * @param merged all traits that the identity would have
 */
export type MergeCheck = (current: WireIdentity, merged: unknown) => Promise<void>;

/** An address that an identity has. */
export interface AddressChoice {
  readonly value: string;
  /** Channel of the address. Default: any. */
  readonly via?: string;
}

/** An identity whose turn it is in the queue of its changes. */
export interface Turn {
  readonly api: KratosApi;
  /** A UUID. */
  readonly id: string;
  /** One for all requests, which the wait counts towards. */
  readonly deadline: number;
}

export const UPDATE = "updateIdentity";
export const PATCH = "patchIdentity";

/** Replaces all traits. */
export async function updateIdentity(turn: Turn, change: IdentityChange): Promise<WireIdentity> {
  const { schemaId, traits } = change;
  check(UPDATE, checkSchemaId(schemaId));
  if (!turn.api.version.features.patch) return put(turn, change);
  return send(UPDATE, turn, { schema_id: schemaId, traits });
}

/** Changes what is given. The identity is read only for what depends on it. */
export async function patchIdentity(turn: Turn, patch: IdentityPatch, checkMerge?: MergeCheck): Promise<WireIdentity> {
  const { traits, schemaId, state, metadataPublic, metadataAdmin, externalId, ifUnmodifiedSince } = patch;
  check(PATCH, [...checkSchemaId(schemaId), ...checkMetadata({ metadataPublic, metadataAdmin }), ...checkExternalId(externalId ?? undefined)]);
  turn.api.require(PATCH, "patch");
  // v1.3.1 answers 200, and stores nothing.
  if (externalId !== undefined) turn.api.requireFor(PATCH, "externalId", "externalId");
  if (ifUnmodifiedSince !== undefined) turn.api.requireFor(PATCH, "updatedAt", "ifUnmodifiedSince");
  const merged = traits && "merge" in traits ? traits.merge : undefined;
  const current = merged || ifUnmodifiedSince !== undefined ? await read(turn) : undefined;
  if (current && ifUnmodifiedSince !== undefined && !isSameTime(current.updated_at, ifUnmodifiedSince)) {
    throw new KratosModifiedError(PATCH, ifUnmodifiedSince, current.updated_at);
  }
  const all = current && merged ? mergeJson(current.traits, merged) : undefined;
  if (current && merged) await checkMerge?.(current, all);
  return send(PATCH, turn, {
    schema_id: schemaId,
    traits: current && merged ? all : traits && "replace" in traits ? traits.replace : undefined,
    state,
    metadata_public: metadataPublic,
    metadata_admin: metadataAdmin,
    external_id: externalId === null ? "" : externalId,
  });
}

/** Marks an address as verified. */
export async function verifyAddress(turn: Turn, choice: AddressChoice): Promise<WireIdentity> {
  turn.api.require(PATCH, "patch", "Verifying an address");
  const current = await read(turn);
  const address = findAddress(current, choice);
  if (address.verified) return current;
  // Of equal addresses, Kratos uses the first, and it drops one that no trait has. So this never verifies another address. A patch at
  // the index of this one could, if the user changes their addresses at the same moment, as Kratos does not support `test`.
  const value = { ...address, verified: true, status: "completed", verified_at: new Date().toISOString() };
  const changed = await sendPatch(PATCH, turn, [{ op: "add", path: "/verifiable_addresses/0", value }]);
  if (!findAddress(changed, choice).verified) throw new KratosUnexpectedResponseError(PATCH, 200, { detail: "the address is not verified", outcome: "UNKNOWN" });
  return changed;
}

/** Emails are the same in any case: newer versions convert them to lower case. */
function findAddress({ verifiable_addresses = [] }: WireIdentity, { value, via }: AddressChoice): WireVerifiableAddress {
  const wanted = value.trim().toLowerCase();
  const found = verifiable_addresses.find((address) => address.value.toLowerCase() === wanted && (via === undefined || address.via === via));
  if (found) return found;
  throw new KratosInvalidError(PATCH, [{ path: ["address"], message: "The identity has no such verifiable address. Expected the value of one of its verifiable addresses." }]);
}

/** Merges a patch into JSON (RFC 7396): null removes a key, objects are merged, and anything else is replaced. */
export function mergeJson(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  // A map, because assigning to the key `__proto__` would not create it.
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergeJson(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Compares two RFC 3339 times to the nanosecond. */
function isSameTime(one: string | undefined, other: string): boolean {
  return one !== undefined && toNanoseconds(one) === toNanoseconds(other);
}

function toNanoseconds(time: string): string {
  const [, fraction = ""] = /\.(\d+)/.exec(time) ?? [];
  return `${Date.parse(time.replace(/\.\d+/, ""))}.${fraction.padEnd(9, "0")}`;
}

function check(operation: string, issues: readonly ValidationIssue[]): void {
  if (issues.length > 0) throw new KratosInvalidError(operation, issues);
}

function read({ api, id, deadline }: Turn): Promise<WireIdentity> {
  return getIdentity(api, id, { deadline });
}

/** Replaces these fields, and no others. Not even null is removed: v1.3.1 ignores `remove` of `/metadata_admin`. */
async function send(operation: string, turn: Turn, fields: Readonly<Record<string, unknown>>): Promise<WireIdentity> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (given.length === 0) return read(turn);
  const changed = await sendPatch(operation, turn, given.map(([name, value]) => ({ op: "replace", path: `/${name}`, value })));
  if (fields["schema_id"] === undefined) return changed;
  // The response to a change of schema still has the old schema's URL. A failure from here on does not undo the change.
  return read(turn).catch(() => changed);
}

/** Sends a JSON Patch (RFC 6902). */
function sendPatch(operation: string, { api, id, deadline }: Turn, json: readonly object[]): Promise<WireIdentity> {
  return api.admin(operation, async (admin) => expectIdentity(await admin.patch(`identities/${id}`, { json }).json()), { deadline });
}

/** PUT replaces the whole identity, so what this version keeps beside the traits is read first and sent along. */
async function put(turn: Turn, { schemaId, traits }: IdentityChange): Promise<WireIdentity> {
  const { api, id, deadline } = turn;
  const { schema_id, state, metadata_public, metadata_admin } = await read(turn);
  const json = { schema_id: schemaId ?? schema_id, traits, state, metadata_public, metadata_admin };
  const changed = await api.admin(UPDATE, async (admin) => expectIdentity(await admin.put(`identities/${id}`, { json }).json()), { deadline });
  return schemaId === undefined ? changed : read(turn).catch(() => changed);
}
