import type { ServerResponse } from "node:http";

/** A request that is refused before it reaches GraphQL, e.g. because its token is invalid or its body is too large. */
export class HttpError extends Error {
  /**
   * @param status HTTP status of the response
   * @param code error code for `extensions.code`
   * @param message error message for the caller
   * @param headers further response headers
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @param error error code of RFC 6750, which says to leave it out if the request has no token */
export function unauthenticated(message: string, error?: "invalid_request" | "invalid_token"): HttpError {
  const challenge = `Bearer realm="kratos-graphql"${error ? `, error="${error}"` : ""}`;
  return new HttpError(401, "UNAUTHENTICATED", message, { "www-authenticate": challenge });
}

/** Sends the error as a GraphQL response. */
export function sendHttpError(response: ServerResponse, { status, code, message, headers }: HttpError): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}

/** Sends a JSON response that must not be cached. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text), "cache-control": "no-store" };
  response.writeHead(status, headers).end(text);
}
