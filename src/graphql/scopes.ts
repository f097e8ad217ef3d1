/** What a caller can be allowed to do. A scope includes no other one. */
export const SCOPES = [
  /** See identities and identity schemas. */
  "identities:read",
  /** Create and change identities. */
  "identities:write",
  /** Delete identities. */
  "identities:delete",
  /** Make recovery links, which let whoever has one into the account. */
  "recovery:write",
  /** See self-service flows and errors. */
  "flows:read",
  /** See what is kept from others: `metadataAdmin`, tokens and codes in flows, masked traits. */
  "secrets:read",
  /** See Kratos' version, health and metrics, and this subgraph's SDL. */
  "system:read",
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** Who sent a request. */
export interface Caller {
  /** For the log and the rate limit: `key:` and the API key's name, or `jwt:` and the token's subject. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Whoever calls a server that has no authentication. */
export const ANYBODY: Caller = { name: "anybody", scopes: new Set(SCOPES) };
