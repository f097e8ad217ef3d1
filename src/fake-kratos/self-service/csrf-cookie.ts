import { randomBytes } from "node:crypto";
import { KratosError } from "../http/kratos-error.js";
import { cookieOf, type KratosRequest } from "../http/kratos-request.js";
import type { KratosState } from "../kratos-state.js";

const bytes = 32;

/** The request's CSRF cookie, or a new one and the header that sets it. */
export function csrfCookie(state: KratosState, request: KratosRequest): { cookie: string; headers: Record<string, string> } {
  const name = state.era.csrfCookieName(state.publicUrl);
  const given = cookieOf(request, name);
  if (given !== undefined && Buffer.from(given, "base64").length === bytes) return { cookie: given, headers: {} };
  const cookie = randomBytes(bytes).toString("base64");
  return { cookie, headers: { "set-cookie": `${name}=${cookie}; ${state.era.csrfCookieAttributes}` } };
}

/** The token of a form: masked anew for every form, and so twice as long as the cookie. */
export const csrfToken = (): string => randomBytes(2 * bytes).toString("base64");

const refusal = {
  id: "security_csrf_violation",
  reason:
    "Please retry the flow and optionally clear your cookies. The request was rejected to protect you from Cross-Site-Request-Forgery (CSRF) which could cause account takeover, leaking personal information, and other serious security issues.",
  message: "the request was rejected to protect you from Cross-Site-Request-Forgery",
};
const docs = "https://www.ory.sh/kratos/docs/debug/csrf";

/** What v26 answers to a reader of a browser's flow without that browser's cookie. */
export function csrfViolation(request: KratosRequest): KratosError {
  const details = request.headers.cookie
    ? {
        docs,
        hint: "The anti-CSRF cookie was found but the CSRF token was not included in the HTTP request body (csrf_token) nor in the HTTP Header (X-CSRF-Token).",
      }
    : {
        docs,
        hint: "We detected a regular browser or server-side call. To debug browser calls check your Browser's Network Tab to see what cookies are included or excluded. If you are calling from a server ensure that the appropriate cookies are being forwarded and that the SDK method is called correctly.",
        reject_reason: "The HTTP Cookie Header is empty or not set.",
      };
  return new KratosError(403, { ...refusal, details });
}
