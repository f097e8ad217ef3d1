import type { IncomingHttpHeaders } from "node:http";
import { forwardTo, startLoopbackServer, type LoopbackServer } from "./http.js";

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}

/** Stands in front of a server and records the requests to it. It can be disconnected and reconnected. */
export interface RecordingProxy extends LoopbackServer {
  readonly seen: RecordedRequest[];
  /** Removes and returns what was recorded, except the requests for the version. */
  take(): RecordedRequest[];
  /** Base address of the server that gets the requests from now on. */
  target: string;
  /** If set, the version that is reported in place of the server's own. */
  version?: string;
}

export async function startRecordingProxy(target: string): Promise<RecordingProxy> {
  const seen: RecordedRequest[] = [];
  const forward = forwardTo(() => proxy.target);
  const server = await startLoopbackServer((request, response) => {
    seen.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    if (!proxy.version || request.url !== "/version") return forward(request, response);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ version: proxy.version }));
  });
  const proxy: RecordingProxy = { ...server, seen, target, take: () => seen.splice(0).filter(({ path }) => !/^(\/admin)?\/version$/.test(path)) };
  return proxy;
}
