import { GraphQLError } from "graphql";
import type { AuthCheckerFn } from "type-graphql";
import type { FacadeContext } from "./context.js";
import type { Caller, Scope } from "./scopes.js";
import type { Viewer } from "./viewer/viewer.type.js";

/**
 * @param reason why the scope is required, if it is not obvious
 * @throws FORBIDDEN with the name of the scope, if the caller does not have it
 */
export function requireScope({ scopes, user }: Caller, scope: Scope, reason?: string): void {
  if (scopes.has(scope)) return;
  const message = `This field requires the scope "${scope}", which ${user ? "the session of a user" : "your API key or token"} does not have.`;
  throw new GraphQLError(reason ? `${message} ${reason}` : message, {
    extensions: { code: "FORBIDDEN", requiredScope: scope },
  });
}

/** @throws FORBIDDEN if the request is not sent with the session of a user */
export function requireViewer({ viewer }: FacadeContext): Viewer {
  if (viewer) return viewer;
  throw new GraphQLError("This field requires a request that is sent with a Kratos session, instead of an API key or token.", { extensions: { code: "FORBIDDEN" } });
}

/** For `@Authorized`, after the scopes: the signed-in user needs none of them, because the field is about what is theirs. */
export const OR_VIEWER = "viewer";

/** Called by type-graphql before it resolves an `@Authorized` field. */
export const authChecker: AuthCheckerFn<FacadeContext, Scope | typeof OR_VIEWER> = ({ context }, roles) => {
  if (context.viewer && roles.includes(OR_VIEWER)) return true;
  for (const role of roles) if (role !== OR_VIEWER) requireScope(context.caller, role);
  return true;
};
