import type { IncomingMessage } from "node:http";

export type KratosPort = "admin" | "public";

/** A request as the handlers see it. */
export interface KratosRequest {
  method: string;
  port: KratosPort;
  /** Percent-encoded, without the query. */
  path: string;
  /** With its leading `?`, or empty. */
  search: string;
  query: URLSearchParams;
  /** The path's variables, decoded. */
  params: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: string;
}

/** Reads a whole request. */
export async function readRequest(message: IncomingMessage, port: KratosPort): Promise<KratosRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const target = message.url ?? "/";
  const queryAt = target.includes("?") ? target.indexOf("?") : target.length;
  const search = target.slice(queryAt);
  return {
    method: message.method ?? "GET",
    port,
    path: target.slice(0, queryAt),
    search,
    query: new URLSearchParams(search),
    params: {},
    headers: message.headers,
    body: Buffer.concat(chunks).toString("utf8"),
  };
}

/** The value of one cookie of the request. */
export function cookieOf(request: KratosRequest, name: string): string | undefined {
  const pair = (request.headers.cookie ?? "").split(/; */).find((cookie) => cookie.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** The session token of an API client, from either of the headers Kratos reads. */
export function sessionTokenOf(request: KratosRequest): string | undefined {
  const header = request.headers["x-session-token"];
  return (Array.isArray(header) ? header[0] : header) ?? /^bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
}
