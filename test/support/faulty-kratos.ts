import type { Socket } from "node:net";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { startFakeKratos, type FakeKratosVersion } from "../fake-kratos/index.js";
import { forwardTo, startLoopbackServer } from "./http.js";
import type { Stoppable } from "./lifecycle.js";

/** A fake Kratos behind proxies that can fail in every way. */
export interface FaultyKratos extends Stoppable {
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Method and path of each request that met the fault. */
  readonly hit: string[];
  /** Highest number of concurrent requests so far. */
  mostConcurrent: number;
  readonly running: number;
  readonly openSockets: number;
  /** What happens from now on to the requests that `to` matches, by method and path. */
  fault?: { readonly do: Fault; readonly to: (line: string) => boolean };
  /** Refuses connections from now on, and cuts the open ones. */
  disconnect(): Promise<void>;
  reconnect(): Promise<void>;
}

export async function startFaultyKratos(version: FakeKratosVersion = "v26.2.0", sampleIdentities = true): Promise<FaultyKratos> {
  const embedded = await startFakeKratos({ version, sampleIdentities });
  const sockets = new Set<Socket>();
  let running = 0;

  const proxyOf = (target: string): RequestListener => {
    const forward = forwardTo(() => target);
    return (request, response) => {
      kratos.mostConcurrent = Math.max(kratos.mostConcurrent, ++running);
      response.once("close", () => running--);
      const line = `${request.method} ${request.url}`;
      if (!kratos.fault?.to(line)) return forward(request, response);
      kratos.hit.push(line);
      afterBody(request, () => kratos.fault?.do(response));
    };
  };
  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  };
  const admin = await startLoopbackServer(proxyOf(embedded.adminUrl), onSocket);
  const open = await startLoopbackServer(proxyOf(embedded.publicUrl), onSocket);

  const kratos: FaultyKratos = {
    adminUrl: admin.url,
    publicUrl: open.url,
    hit: [],
    mostConcurrent: 0,
    get running() {
      return running;
    },
    get openSockets() {
      return sockets.size;
    },
    disconnect: async () => void (await Promise.all([admin.disconnect(), open.disconnect()])),
    reconnect: async () => void (await Promise.all([admin.reconnect(), open.reconnect()])),
    stop: () => Promise.all([admin.stop(), open.stop(), embedded.stop()]),
  };
  return kratos;
}

/** Kratos itself fails only after it has read the request. */
function afterBody(request: IncomingMessage, then: () => void): void {
  request.once("end", then).resume();
}

/** Does to a request what a failing Kratos, or something in its place, does. */
export type Fault = (response: ServerResponse) => void;

const JSON_TYPE = { "content-type": "application/json" };
const DRIP_MS = 50;

/** The faults, by what the server does. */
export const faults = {
  /** Hangs up before it responds. */
  resetBefore: ({ socket }) => socket!.resetAndDestroy(),

  /** Hangs up in the middle of the body. */
  resetInBody: (response) => {
    response.writeHead(200, { ...JSON_TYPE, "content-length": "1000" });
    response.write('{"id":', () => response.socket?.resetAndDestroy());
  },

  /** Takes the request, and never responds. */
  silent: () => {},

  /** Sends a byte of white space, with which JSON may begin, again and again. */
  drip: (response) => {
    response.writeHead(200, JSON_TYPE);
    const dripping = setInterval(() => response.write(" "), DRIP_MS);
    response.once("close", () => clearInterval(dripping));
  },

  /** Valid JSON under another content type. */
  wrongType: (response) => respond(response, 200, { "content-type": "application/octet-stream" }, "[]"),

  html: (response) => respond(response, 200, { "content-type": "text/html" }, "<html>Sign in</html>"),

  plainText500: (response) => respond(response, 500, { "content-type": "text/plain" }, "upstream connect error"),

  malformed: (response) => respond(response, 200, JSON_TYPE, '{"id": "1", "traits": {'),

  otherShape: (response) => respond(response, 200, JSON_TYPE, '[{"hello":1}]'),

  /** More headers than Node reads, which is 16 kB. */
  largeHeaders: (response) => respond(response, 200, { ...JSON_TYPE, "x-trace": "x".repeat(20_000) }, "{}"),

  /** Does not speak HTTP. */
  noHttp: ({ socket }) => socket!.end("220 mail.example.com ESMTP ready\r\n"),
} satisfies Record<string, Fault>;

export const redirect =
  (status: 302 | 307, location: string): Fault =>
  (response) => respond(response, status, { location }, "");

export const tooMany =
  (retryAfter: string): Fault =>
  (response) => respond(response, 429, { ...JSON_TYPE, "retry-after": retryAfter }, "{}");

/** @param bytes of the body */
export const largeBody =
  (bytes: number): Fault =>
  (response) => respond(response, 200, JSON_TYPE, `"${"x".repeat(bytes - 2)}"`);

function respond(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, headers).end(body);
}
