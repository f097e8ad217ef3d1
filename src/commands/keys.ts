import { createApiKey } from "../server/auth/api-key.js";

/**
 * Creates an API key and prints it with its line for API_KEYS.
 * @param scopes a comma-separated list
 * @throws {Error} if the name or a scope is invalid
 */
export function createKey(name: string, scopes: string): void {
  const { key, line } = createApiKey(name, scopes.split(","));
  process.stdout.write(`Give this key to its owner. It is not stored and will not be shown again:

  ${key}

Add this line to API_KEYS on the server, or to the file that API_KEYS_FILE names:

  ${line}

Callers send the key in the header "Authorization: Bearer <key>".
`);
}
