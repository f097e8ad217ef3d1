import type { ServerResponse } from "node:http";

/** Why a token is rejected, in the log and as a label of the metrics. */
export type TokenProblem =
  | "missing"
  | "no_session"
  | "malformed"
  | "unknown"
  | "expired"
  | "not_yet_valid"
  | "wrong_issuer"
  | "wrong_audience"
  | "wrong_claims"
  | "wrong_type"
  | "wrong_algorithm"
  | "wrong_signature"
  | "unknown_key";

interface HttpErrorOptions extends ErrorOptions {
  readonly reason?: TokenProblem;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A request that is refused before it reaches GraphQL, e.g. because its token is invalid or its body is too large. */
export class HttpError extends Error {
  /** Why the token is rejected, if that is the case. */
  readonly reason?: TokenProblem;
  /** Further `extensions` of the error for the caller. */
  readonly extensions?: Readonly<Record<string, unknown>>;

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
    options: HttpErrorOptions = {},
  ) {
    super(message, options);
    this.reason = options.reason;
    this.extensions = options.extensions;
  }
}

/** The error for a credential that is rejected. Its response names an error code of RFC 6750, except if there is no token. */
export function unauthenticated(reason: TokenProblem, message: string, error: "invalid_request" | "invalid_token" = "invalid_token"): HttpError {
  const challenge = `Bearer realm="kratos-graphql"${reason === "missing" || reason === "no_session" ? "" : `, error="${error}"`}`;
  return new HttpError(401, "UNAUTHENTICATED", message, { "www-authenticate": challenge }, { reason });
}

/** Sends the error as a GraphQL response. */
export function sendHttpError(response: ServerResponse, { status, code, message, headers, extensions }: HttpError): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { errors: [{ message, extensions: { code, ...extensions } }] });
}

/** Sends a JSON response that must not be cached. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text), "cache-control": "no-store" };
  response.writeHead(status, headers).end(text);
}
