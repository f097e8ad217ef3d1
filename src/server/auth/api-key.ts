import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { isScope, type Scope, SCOPES } from "../../graphql/scopes.js";

/** An API key as the server stores it. */
export interface ApiKey {
  /** The owner's name, for logs and rate limits. */
  readonly name: string;
  /** SHA-256 of the key. It needs no salt and no slow hash: a key is 256 random bits. */
  readonly hash: Buffer;
  readonly scopes: ReadonlySet<Scope>;
  /** From when on the key is rejected. Default: never. */
  readonly expires?: Date;
}

/** How every API key begins. */
export const API_KEY_PREFIX = "kg_";
const NAME = /^[\w.-]{1,64}$/;
const HASH = /^sha256:[0-9a-f]{64}$/;
const EXPIRES = "expires=";
const DATE = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/**
 * Creates an API key.
 * @param expires an ISO date, e.g. `2027-01-31`, which means 00:00 UTC, or date and time. Default: the key does not expire
 * @returns the key, which only its owner should store, and its line for API_KEYS
 * @throws {Error} if the name, a scope or the date is invalid
 */
export function createApiKey(name: string, scopes: readonly string[], expires?: string): { readonly key: string; readonly line: string } {
  assertName(name);
  const key = API_KEY_PREFIX + randomBytes(32).toString("base64url");
  const line = `${name} sha256:${hashKey(key).toString("hex")} ${scopes.join(",")}${expires === undefined ? "" : ` ${EXPIRES}${expires}`}`;
  parseApiKey(line);
  return { key, line };
}

/**
 * Parses lines of `createApiKey`, separated by newlines or semicolons. A # starts a comment that extends to the end of the line.
 * @throws {Error} if a line is invalid. The message never contains a key
 */
export function parseApiKeys(text: string): ApiKey[] {
  const keys = text
    .replaceAll(/#.*/g, "")
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseApiKey);
  const duplicates = keys.filter(({ name }, index) => keys.findIndex((other) => other.name === name) !== index);
  if (duplicates.length > 0) throw new Error(`the names of the keys must be unique; duplicates: ${duplicates.map(({ name }) => name).join(", ")}`);
  for (const [index, { name, hash }] of keys.entries()) {
    const same = keys.slice(0, index).find((other) => other.hash.equals(hash));
    // One of them would decide on the scopes.
    if (same) throw new Error(`"${same.name}" and "${name}" have the same hash, so they are the same key; remove one of the lines, or create another key`);
  }
  return keys;
}

function parseApiKey(line: string): ApiKey {
  const [name = "", hash = "", scopes = "", ...options] = line.split(/\s+/);
  const [expires] = options[0]?.startsWith(EXPIRES) ? options.splice(0, 1) : [];
  assertName(name);
  if (!HASH.test(hash)) throw new Error(`the hash of the key "${name}" must be sha256: and 64 hexadecimal digits, as printed by "kratos-graphql keys create"`);
  const list = scopes.split(",");
  const unknown = list.filter((scope) => !isScope(scope));
  if (unknown.length > 0 || options.length > 0) {
    const received = quote([...unknown, ...options].join(" "));
    throw new Error(`the scopes of the key "${name}" must be some of ${SCOPES.join(", ")}, separated by commas without spaces; received ${received}`);
  }
  const key = { name, hash: Buffer.from(hash.slice("sha256:".length), "hex"), scopes: new Set(list as Scope[]) };
  return expires === undefined ? key : { ...key, expires: parseExpires(name, expires.slice(EXPIRES.length)) };
}

function parseExpires(name: string, text: string): Date {
  if (DATE.safeParse(text).success) return new Date(text);
  throw new Error(`the expiry of the key "${name}" must be an ISO date or date and time, e.g. 2027-01-31 or 2027-01-31T18:00:00Z; received ${quote(text)}`);
}

function assertName(name: string): void {
  if (!NAME.test(name)) throw new Error(`the name of a key must be 1 to 64 letters, digits, dots, dashes or underscores; received ${quote(name)}`);
}

/** Finds the API key of a token. Compares with every key, in constant time, so that timing reveals nothing about them. */
export function findApiKey(keys: readonly ApiKey[], token: string): ApiKey | undefined {
  const hash = hashKey(token);
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}

/** Whether a key is rejected because its time is over. */
export function isExpired({ expires }: ApiKey): boolean {
  return expires !== undefined && expires.getTime() <= Date.now();
}

function hashKey(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Quotes a value in a message, unless it might be a key in the wrong place. */
function quote(text: string): string {
  return text.includes(API_KEY_PREFIX) || text.length > 64 ? "a value that is not shown because it may be a key" : JSON.stringify(text);
}
