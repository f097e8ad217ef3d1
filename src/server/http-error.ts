import type { ServerResponse } from "node:http";

/** A request that is refused before GraphQL sees it. */
export class HttpError extends Error {
  /**
   * @param status the HTTP status
   * @param code what stands in the error's extensions
   * @param message what the caller is told
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

/** Answers a refused request in GraphQL's form. */
export function sendHttpError(response: ServerResponse, { status, code, message, headers }: HttpError): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, { errors: [{ message, extensions: { code } }] });
}

/** Ends a response with a JSON body. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  const headers = { "content-type": "application/json; charset=utf-8", "content-length": Buffer.byteLength(text), "cache-control": "no-store" };
  response.writeHead(status, headers).end(text);
}
