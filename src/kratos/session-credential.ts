import type { KyInstance } from "ky";
import type { KratosApi } from "./api.js";
import type { CallOptions } from "./client.js";
import { isSignInRequirement, KratosForbiddenError, KratosSessionInvalidError, KratosSignInRequiredError } from "./errors.js";

/** A browser's proof of its session. */
export interface SessionCookie {
  readonly kind: "cookie";
  readonly name: string;
  /** `name=value`, as the browser has sent it. */
  readonly cookie: string;
}

/** What a user's client proves its session with: a cookie of a browser, or the token of an app. */
export type SessionCredential = SessionCookie | { readonly kind: "token"; readonly token: string };

/**
 * Makes a request to the public port with the credential of a user, and no other: `X-Session-Token` beats a good cookie.
 * @throws {KratosSessionInvalidError} if Kratos does not accept the session
 * @throws {KratosSignInRequiredError} if the user must sign in again, or with a second factor
 */
export async function asUser<T>(
  api: KratosApi,
  operation: string,
  credential: SessionCredential,
  request: (ory: KyInstance) => Promise<T>,
  options?: CallOptions,
): Promise<T> {
  const headers = credential.kind === "token" ? { "x-session-token": credential.token } : { cookie: credential.cookie };
  try {
    return await api.publicOnly(operation, (ory) => request(ory.extend({ headers })), options);
  } catch (error) {
    if (!(error instanceof KratosForbiddenError)) throw error;
    const { errorId, outcome } = error;
    if (isSignInRequirement(errorId)) throw new KratosSignInRequiredError(operation, errorId, credential.kind === "token" ? "api" : "browser", { outcome });
    throw errorId === "session_inactive" ? new KratosSessionInvalidError(operation, { outcome }) : error;
  }
}
