import { SCOPES, type Scope } from "./scope.js";

/** Who sent a request. */
export interface Caller {
  /** For the log and the rate limit: `key:` and the API key's name, or `jwt:` and the token's subject. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Whoever calls a server that has no authentication. */
export const ANYBODY: Caller = { name: "anybody", scopes: new Set(SCOPES) };
