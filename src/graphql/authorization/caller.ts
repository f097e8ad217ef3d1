import { SCOPES, type Scope } from "./scope.js";

/** Who sent a request. */
export interface Caller {
  /** For the log: the API key's name, or the JWT's subject. */
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Whoever calls a server that has no authentication. */
export const ANYBODY: Caller = { name: "anybody", scopes: new Set(SCOPES) };
