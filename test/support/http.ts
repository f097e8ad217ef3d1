import { Agent, createServer, request, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Stoppable } from "./lifecycle.js";

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface HttpResponse extends Omit<RawResponse, "text"> {
  /** Parsed if it is JSON. */
  readonly body: any;
}

export interface HttpRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Sends what `fetch` refuses to: a header may come more than once, Host may be anything, and a GET may have a body. */
export function sendRaw(url: string, method: string, headers: readonly (readonly [name: string, value: string])[], body?: string): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? [] : ["content-length", String(Buffer.byteLength(body))];
    const withHost = headers.some(([name]) => name.toLowerCase() === "host") ? headers : [["host", new URL(url).host] as const, ...headers];
    const outgoing = request(url, { method, headers: [...withHost.flat(), ...length], setHost: false, agent: false }, (response) => {
      void readText(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }), reject);
    });
    outgoing.on("error", reject).end(body);
  });
}

/** `sendRaw` to a path of a server, by default a POST to /graphql. */
export async function sendHttp(url: string, { method = "POST", path = "/graphql", headers = {}, body }: HttpRequest): Promise<HttpResponse> {
  const { text, ...response } = await sendRaw(url + path, method, Object.entries(headers), body);
  return { ...response, body: parseJson(text) };
}

/** Posts JSON to /graphql. */
export function postJson(url: string, body: unknown, headers: Record<string, string> = {}): Promise<HttpResponse> {
  return sendHttp(url, { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

/** Posts a GraphQL request, or an array of them, with `fetch`. @returns the parsed response */
export async function fetchGraphQL(endpoint: string, body: object, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(endpoint, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  return response.json();
}

/** The codes of a response's errors. */
export function codesOf({ body }: HttpResponse): unknown[] {
  return (body.errors ?? []).map((error: any) => error.extensions?.code);
}

async function readText(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message.setEncoding("utf8")) text += chunk;
  return text;
}

/** @returns the text itself if it is not JSON */
export function parseJson(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A server on a port of the loopback interface. */
export interface LoopbackServer extends Stoppable {
  readonly url: string;
  /** Refuses connections from now on, and cuts the open ones. */
  disconnect(): Promise<void>;
  /** Listens again, on the same port. */
  reconnect(): Promise<void>;
}

export async function startLoopbackServer(listener: RequestListener, onSocket?: (socket: Socket) => void): Promise<LoopbackServer> {
  let server: Server;
  let port = 0;
  const listen = async () => {
    // A list of 200 ids is a line of some 8 kB.
    server = createServer({ maxHeaderSize: 1024 * 1024 }, listener);
    if (onSocket) server.on("connection", onSocket);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen();
  return { url: `http://127.0.0.1:${port}`, disconnect: close, reconnect: listen, stop: close };
}

/** Passes requests on to another server, which may change from one to the next. */
export function forwardTo(target: () => string): RequestListener {
  const agent = new Agent({ keepAlive: true });
  return (incoming, outgoing) => {
    const { host: _, ...headers } = incoming.headers;
    const onward = request(new URL(incoming.url ?? "/", target()), { method: incoming.method, headers, agent }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    incoming.pipe(onward);
  };
}
