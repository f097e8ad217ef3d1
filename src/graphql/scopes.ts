import type { SignedInUser } from "../kratos/index.js";

/*
 * The scopes are enforced in authorization.ts. This file imports only types: the command line lists the scopes in its help, which
 * would otherwise wait about 80 ms for graphql to load.
 */

/** The permissions of a caller. No scope includes another. */
export const SCOPES = [
  /** Read identities and identity schemas. */
  "identities:read",
  /** Create and update identities, and delete their credentials. */
  "identities:write",
  /** Delete identities. */
  "identities:delete",
  /** Create recovery links and codes. Anyone who has one can sign in as the user. */
  "recovery:write",
  /** Read sessions, with the IP addresses and browsers that they were used with. */
  "sessions:read",
  /** Revoke and extend sessions. */
  "sessions:write",
  /** Read the messages that Kratos sends to users, without their contents. */
  "courier:read",
  /** Read self-service flows and errors. */
  "flows:read",
  /** Read what is hidden from other callers: `metadataAdmin`, masked traits, the contents of messages, and personal data, tokens and codes in flows. */
  "secrets:read",
  /** Read the version, health and metrics of Kratos, and the SDL of this subgraph. */
  "system:read",
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}

/** The sender of a request. */
export interface Caller {
  /**
   * Used in the log and for the rate limit: `key:` and the name of the API key, `jwt:` and a user, `jwt-client:` and a client, or
   * `session:` and the ID of an identity.
   */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The end user that the caller acts for, in the audit log. Undefined unless a trusted caller names one. */
  readonly subject?: string;
  /** The signed-in user, if the request is sent with their session. */
  readonly user?: SignedInUser;
}

/** The caller of a server without authentication. Has all scopes. */
export const ANYBODY: Caller = { name: "anybody", scopes: new Set(SCOPES) };
