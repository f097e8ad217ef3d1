import { text } from "node:stream/consumers";
import { ConfigError } from "../config.js";
import { readVariables } from "../config/variables.js";
import { type ApiKey, createApiKey, findApiKey, isExpired, parseApiKeys } from "../server/auth/api-key.js";

/**
 * Creates an API key and prints it with its line for API_KEYS.
 * @param scopes a comma-separated list
 * @param expires an ISO date, or date and time. Default: the key does not expire
 * @throws {Error} if the name, a scope or the date is invalid
 */
export function createKey(name: string, scopes: string, expires?: string): void {
  const { key, line } = createApiKey(name, scopes.split(","), expires);
  process.stdout.write(`Give this key to its owner. It is not stored and will not be shown again:

  ${key}

Add this line to API_KEYS on the server, or to the file that API_KEYS_FILE names:

  ${line}

Callers send the key in the header "Authorization: Bearer <key>".
`);
}

/**
 * Prints the names, expiries and scopes of the keys in API_KEYS, those that expire first on top.
 * @throws {Error} if API_KEYS is not set or invalid
 */
export function listKeys(): void {
  const keys = readKeys().sort((a, b) => (a.expires?.getTime() ?? Infinity) - (b.expires?.getTime() ?? Infinity) || 0);
  const rows = [["NAME", "EXPIRES", "SCOPES"], ...keys.map((key) => [key.name, describeExpiry(key), [...key.scopes].join(",")])];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const [name = "", expiry = "", scopes = ""] of rows) process.stdout.write(`${name.padEnd(widths[0]!)}  ${expiry.padEnd(widths[1]!)}  ${scopes}\n`);
}

/**
 * Reads a key from standard input, because other users of the machine can see arguments, and says which of the keys in API_KEYS
 * it is. The input may be all that `createKey` has printed.
 * @throws {Error} if the server would reject the key
 */
export async function verifyKey(): Promise<void> {
  const keys = readKeys();
  if (process.stdin.isTTY) process.stderr.write("Paste the key, and press Enter and Ctrl+D.\n");
  const [token] = /\bkg_[\w-]+/.exec(await text(process.stdin)) ?? [];
  if (token === undefined) throw new Error("expected a key on standard input, which begins with kg_; received none");
  const key = findApiKey(keys, token);
  if (!key) throw new Error("the server would reject this key: it is none of the keys in API_KEYS");
  if (isExpired(key)) throw new Error(`the server would reject this key: "${key.name}" expired at ${key.expires!.toISOString()}`);
  process.stdout.write(`The server accepts this key.\n\n  name     ${key.name}\n  expires  ${describeExpiry(key)}\n  scopes   ${[...key.scopes].join(",")}\n`);
}

function readKeys(): ApiKey[] {
  const { values, problems } = readVariables(process.env, ["API_KEYS"]);
  if (problems.length > 0) throw new ConfigError(problems);
  if (values["API_KEYS"] === undefined) throw new Error("expected the keys of the server in API_KEYS, or in the file that API_KEYS_FILE names; neither is set");
  return parseApiKeys(values["API_KEYS"]);
}

function describeExpiry(key: ApiKey): string {
  if (!key.expires) return "never";
  return key.expires.toISOString() + (isExpired(key) ? " (expired)" : "");
}
