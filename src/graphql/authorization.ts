import { GraphQLError } from "graphql";
import type { AuthCheckerFn } from "type-graphql";
import type { FacadeContext } from "./context.js";
import type { Caller, Scope } from "./scopes.js";

/** @throws FORBIDDEN that names the scope, where the caller does not have it */
export function requireScope({ scopes }: Caller, scope: Scope): void {
  if (scopes.has(scope)) return;
  throw new GraphQLError(`This needs the scope "${scope}", which your token does not have.`, {
    extensions: { code: "FORBIDDEN", requiredScope: scope },
  });
}

/** What type-graphql asks before it resolves a field that is `@Authorized`. */
export const authChecker: AuthCheckerFn<FacadeContext, Scope> = ({ context }, scopes) => {
  for (const scope of scopes) requireScope(context.caller, scope);
  return true;
};
