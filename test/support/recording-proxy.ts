import { createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Stands between the facade and a Kratos: writes down what is asked, and can go away and come back. */
export interface RecordingProxy {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** What was asked since the last call, without the look for the version. */
  take(): SeenRequest[];
  /** Where requests go from now on. */
  target: string;
  /** The version that it gives in place of the real one. */
  version?: string;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  let server: Server;
  let port = 0;
  const start = async () => {
    server = createServer((incoming, outgoing) => {
      proxy.seen.push({ method: incoming.method ?? "", path: incoming.url ?? "", headers: incoming.headers });
      if (proxy.version && incoming.url === "/version") {
        outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ version: proxy.version }));
        return;
      }
      const { host: _, ...headers } = incoming.headers;
      const onward = forward(new URL(incoming.url ?? "/", proxy.target), { method: incoming.method, headers }, (answer: IncomingMessage) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  };
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const proxy: RecordingProxy = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    seen: [],
    target,
    take: () => proxy.seen.splice(0).filter(({ path }) => path !== "/version"),
    goAway: close,
    comeBack: start,
    stop: async () => (server.listening ? close() : undefined),
  };
  await start();
  return proxy;
}
