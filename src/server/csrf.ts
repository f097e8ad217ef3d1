import { GraphQLError } from "graphql";
import type { IncomingMessage } from "node:http";
import type { Caller } from "../graphql/scopes.js";
import { HttpError } from "./http-error.js";

/** Headers for which browsers ask for permission: two that Apollo's clients send for this purpose, and the token of an app. */
const PREFLIGHT_HEADERS = ["apollo-require-preflight", "x-apollo-operation-name", "x-session-token"];

/**
 * Refuses requests that the page of another website could send through a user's browser (cross-site request forgery, CSRF).
 * They are a danger if callers need no token, because then a user's browser may reach a server that the page cannot reach.
 *
 * A browser sends some requests of a page to any server, and asks the server for permission only before the others (the CORS
 * preflight). A request is accepted if a browser would have asked: its type is JSON, or it has a header of Apollo's clients, a
 * session token or a bearer token. `Basic` and `Negotiate` do not count, because browsers add such credentials by themselves.
 *
 * A query by GET is harmless in comparison: mutations are refused, and the page cannot read the response. It could measure how
 * long the response takes, and keep Kratos busy. So a GET is also accepted if something shows that no such page has sent it:
 *
 * - `Sec-Fetch-Site`, which pages cannot set, says that a page of this server or the address bar has sent it.
 * - `Origin`, which pages cannot set either, is one of those that may read responses anyway.
 * - It accepts the response type of GraphQL, and has no `Sec-Fetch-Site`. That type alone proves nothing: for `Accept`, `fetch`
 *   asks for no permission. But to HTTPS and loopback addresses, browsers always send `Sec-Fetch-Site`, so a request without it
 *   comes from a program. To other addresses they do not; there a server without authentication is open to everybody already
 *   (INSECURE_NO_AUTH), and what remains possible is the measuring.
 *
 * @param corsOrigins origins whose pages may call the API
 * @throws {HttpError} if such a page could have sent the request
 */
export function assertNotForged({ method, headers }: IncomingMessage, corsOrigins: readonly string[]): void {
  if (method !== "GET" && method !== "POST") return;
  const [type = ""] = (headers["content-type"] ?? "").toLowerCase().split(";");
  if (type.trim() === "application/json" || PREFLIGHT_HEADERS.some((name) => headers[name]) || /^Bearer /i.test(headers.authorization ?? "")) return;
  const { origin, accept = "", "sec-fetch-site": site } = headers;
  if (method === "GET") {
    if (site === "same-origin" || site === "none") return;
    if (origin !== undefined ? corsOrigins.includes(origin) : site === undefined && accept.includes("application/graphql-response+json")) return;
  }
  throw new HttpError(400, "BAD_REQUEST", 'Send the header "Content-Type: application/json", so that the request cannot come from the page of another website (CSRF).');
}

/**
 * Whether a request may change something. A browser adds a cookie to the requests of any page, and Kratos does not check who
 * sends a request to `/sessions/whoami`. So a request that is sent with the session cookie of a user must also show that a page
 * of this server or of an allowed origin has sent it.
 */
export function mayMutate({ headers: { origin, "sec-fetch-site": site } }: IncomingMessage, { user }: Caller, corsOrigins: readonly string[]): boolean {
  return user?.credential.kind !== "cookie" || site === "same-origin" || (origin !== undefined && corsOrigins.includes(origin));
}

/** The error for a mutation of a request that must not change anything. */
export function forgedMutation(): GraphQLError {
  const message = "A mutation that is sent with a session cookie must come from a page of this server or of an allowed origin (CSRF). To allow the origin of your page, the operator of this server adds it to CORS_ORIGINS.";
  return new GraphQLError(message, { extensions: { code: "FORBIDDEN", http: { status: 403 } } });
}
