import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { isScope, type Scope, SCOPES } from "../../graphql/scopes.js";

/** A key that callers may come with, as the server keeps it. */
export interface ApiKey {
  /** Whose it is, for the log. */
  readonly name: string;
  /** SHA-256 of the key. It needs no salt and no slow hash: a key is 256 random bits. */
  readonly hash: Buffer;
  readonly scopes: ReadonlySet<Scope>;
}

const PREFIX = "kg_";
const NAME = /^[\w.-]{1,64}$/;
const HASH = /^sha256:[0-9a-f]{64}$/;

/**
 * Makes a key.
 * @returns the key, to be given to its owner and kept nowhere else, and its line for API_KEYS
 * @throws {Error} that says what was expected, where the name or a scope will not do
 */
export function createApiKey(name: string, scopes: readonly string[]): { readonly key: string; readonly line: string } {
  checkName(name);
  const key = PREFIX + randomBytes(32).toString("base64url");
  const line = `${name} sha256:${hashOf(key).toString("hex")} ${scopes.join(",")}`;
  parseApiKey(line);
  return { key, line };
}

/**
 * Reads keys as `createApiKey` writes them, one to a line or parted by semicolons; what comes after a # is a remark, to the end of the line.
 * @throws {Error} that says which line will not do, and why; it never holds a key
 */
export function parseApiKeys(text: string): ApiKey[] {
  const keys = text
    .replaceAll(/#.*/g, "")
    .split(/[\n;]/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseApiKey);
  const [first, ...more] = keys.filter(({ name }, at) => keys.findIndex((other) => other.name === name) !== at);
  if (first) throw new Error(`the names of the keys must differ; ${[first, ...more].map(({ name }) => name).join(", ")} came more than once`);
  return keys;
}

function parseApiKey(line: string): ApiKey {
  const [name = "", hash = "", scopes = "", ...rest] = line.split(/\s+/);
  checkName(name);
  if (!HASH.test(hash)) throw new Error(`the hash of the key "${name}" must be sha256: and 64 hexadecimal digits, as "kratos-graphql keys create" prints it`);
  const list = scopes.split(",");
  const unknown = list.filter((scope) => !isScope(scope));
  if (unknown.length > 0 || rest.length > 0) {
    throw new Error(
      `the scopes of the key "${name}" must be some of ${SCOPES.join(", ")}, parted by commas without blanks; ${quote([...unknown, ...rest].join(" "))} is none`,
    );
  }
  return { name, hash: Buffer.from(hash.slice("sha256:".length), "hex"), scopes: new Set(list as Scope[]) };
}

function checkName(name: string): void {
  if (!NAME.test(name)) throw new Error(`the name of a key must be 1 to 64 letters, digits, dots, dashes or underscores; it was ${quote(name)}`);
}

/** Finds the key that a caller came with. It takes the same time whichever it is, and where it is none. */
export function findApiKey(keys: readonly ApiKey[], presented: string): ApiKey | undefined {
  const hash = hashOf(presented);
  let found: ApiKey | undefined;
  for (const key of keys) if (timingSafeEqual(key.hash, hash)) found = key;
  return found;
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** A text for a message; what might be a key by mistake is not repeated. */
function quote(text: string): string {
  return text.includes(PREFIX) || text.length > 64 ? "something else, which is not repeated here" : JSON.stringify(text);
}
