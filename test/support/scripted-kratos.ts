import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer as a Kratos gives it, with `later` after a while; `hang` never answers, `reset` hangs up. */
export type Scripted =
  | { status?: number; headers?: Record<string, string>; json?: unknown; text?: string | Buffer; later?: () => void }
  | "hang"
  | "reset";

export interface ScriptedKratos {
  readonly url: string;
  /** Method and path of each request so far. */
  readonly seen: string[];
  stop(): Promise<void>;
}

/** A stand-in for a Kratos that answers what no real one would at command: one release's version, and else by the script. */
export async function startScriptedKratos(
  version: string,
  script: (request: IncomingMessage, path: string) => Scripted | undefined,
): Promise<ScriptedKratos> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    seen.push(`${request.method} ${path}`);
    const scripted = script(request, path) ?? (path === "/version" ? { json: { version } } : { status: 404, text: "404 page not found\n" });
    if (scripted === "hang") return;
    if (scripted === "reset") {
      request.socket.destroy();
      return;
    }
    const { status = 200, headers, json, text, later } = scripted;
    const type = json === undefined ? "text/plain; charset=utf-8" : "application/json";
    const answer = () => response.writeHead(status, { "content-type": type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
    if (!later) return void answer();
    setTimeout(() => {
      later();
      answer();
    }, 10);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
