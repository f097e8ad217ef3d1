import { GraphQLError } from "graphql";
import type { AuthCheckerFn } from "type-graphql";
import type { FacadeContext } from "./context.js";
import type { Caller, Scope } from "./scopes.js";

/**
 * @param reason why the scope is required, if it is not obvious
 * @throws FORBIDDEN with the name of the scope, if the caller does not have it
 */
export function requireScope({ scopes }: Caller, scope: Scope, reason?: string): void {
  if (scopes.has(scope)) return;
  const message = `This field requires the scope "${scope}", which your API key or token does not have.`;
  throw new GraphQLError(reason ? `${message} ${reason}` : message, {
    extensions: { code: "FORBIDDEN", requiredScope: scope },
  });
}

/** Called by type-graphql before it resolves an `@Authorized` field. */
export const authChecker: AuthCheckerFn<FacadeContext, Scope> = ({ context }, scopes) => {
  for (const scope of scopes) requireScope(context.caller, scope);
  return true;
};
