import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { KratosError } from "./errors.js";

/** A request, as a handler receives it. */
export interface KratosRequest {
  /** The path and query as they were sent. */
  readonly target: string;
  /** The `:id` of the route, decoded; empty if the route has none. */
  readonly id: string;
  /** All parts of the path that the route names, decoded, e.g. `:type`. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON body; undefined if there is no body. */
  readonly body: unknown;
}

/** The value of a cookie that a request has. */
export function readCookie({ headers }: KratosRequest, name: string): string | undefined {
  const pair = headers.cookie?.split("; ").find((one) => one.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

/** The response of a handler: JSON, text, or headers only. */
export interface KratosResponse {
  /** Default: 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly json?: unknown;
  readonly text?: string;
}

export type Handler = (request: KratosRequest) => KratosResponse;

/** Handlers by method and path, e.g. `GET /identities/:id`. */
export type Routes = Readonly<Record<string, Handler>>;

/** The routes of the admin API and of the public API. */
export interface Api {
  readonly admin: Routes;
  readonly public: Routes;
}

/** A running fake Kratos. */
export interface FakeKratos {
  readonly version: string;
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Closes both ports and all their connections. */
  stop(): Promise<void>;
}

/** Serves an admin API and a public API on two free ports of 127.0.0.1. */
export async function serve(version: string, createApi: (publicUrl: string) => Api): Promise<FakeKratos> {
  const [adminServer, publicServer] = [createServer(), createServer()];
  const urls = { adminUrl: await listen(adminServer), publicUrl: await listen(publicServer) };
  const api = createApi(urls.publicUrl);
  adminServer.on("request", listenerFor(api.admin));
  publicServer.on("request", listenerFor(api.public));
  return { version, ...urls, stop: async () => void (await Promise.all([close(adminServer), close(publicServer)])) };
}

function listen(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function listenerFor(routes: Routes): RequestListener {
  const compiled = Object.entries(routes).map(([route, handler]) => {
    const [method, path = ""] = route.split(" ");
    return { method, pattern: new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`), handler };
  });
  const respond = async (message: IncomingMessage): Promise<KratosResponse> => {
    const sent = await readText(message);
    const target = message.url ?? "/";
    const [path = "", query] = target.split("?");
    for (const { method, pattern, handler } of compiled) {
      const match = method === message.method ? pattern.exec(path) : null;
      if (!match) continue;
      const params = Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]));
      const body: unknown = sent === "" ? undefined : JSON.parse(sent);
      return handler({ target, id: params["id"] ?? "", params, query: new URLSearchParams(query), headers: message.headers, body });
    }
    return { status: 404, text: "404 page not found\n" };
  };
  return async (message, response) => {
    const { status = 200, headers, text, json } = await respond(message).catch(toErrorResponse);
    const type = json === undefined ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
    response.writeHead(status, { "content-type": type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
  };
}

/** The response of a handler that has thrown. */
export function toErrorResponse(error: unknown): KratosResponse {
  const known = error instanceof KratosError ? error : new KratosError(500, { debug: String(error) });
  return { status: known.code, headers: known.extra.headers, json: { error: known, ...known.extra.json } };
}
