import { GraphQLError } from "graphql";
import type { Caller } from "./caller.js";
import type { Scope } from "./scope.js";

/** @throws FORBIDDEN that names the scope, where the caller does not have it */
export function requireScope({ scopes }: Caller, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new GraphQLError(`This needs the scope "${scope}", which your token does not have.`, {
    extensions: { code: "FORBIDDEN", requiredScope: scope },
  });
}
