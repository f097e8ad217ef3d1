import type { AuthCheckerFn } from "type-graphql";
import type { FacadeContext } from "../context.js";
import { requireScope } from "./require-scope.js";
import type { Scope } from "./scope.js";

/** What type-graphql asks before it resolves a field that is `@Authorized`. */
export const authChecker: AuthCheckerFn<FacadeContext, Scope> = ({ context }, scopes) => {
  for (const scope of scopes) requireScope(context.caller, scope);
  return true;
};
