import { createApiKey } from "../server/auth/api-key.js";

/**
 * Makes an API key, and prints it with its line for API_KEYS.
 * @param scopes parted by commas
 * @throws {Error} that says what was expected, where the name or a scope will not do
 */
export function createKey(name: string, scopes: string): void {
  const { key, line } = createApiKey(name, scopes.split(","));
  process.stdout.write(`The key, for its owner. It is shown only now, and kept nowhere:

  ${key}

Its line for the server's API_KEYS, or the file that API_KEYS_FILE names (one line a key; several may be valid at once):

  ${line}

Callers send it as "Authorization: Bearer <key>".
`);
}
