import type { IncomingMessage } from "node:http";
import { startLoopbackServer, type LoopbackServer } from "./http.js";

/** A response of Kratos; with `later` it is delayed, and `later` is called before it. `hang` never responds, `reset` hangs up. */
export type Scripted =
  | { status?: number; headers?: Record<string, string | string[]>; json?: unknown; text?: string | Buffer; later?: () => void }
  | "hang"
  | "reset";

export interface ScriptedKratos extends LoopbackServer {
  /** Both the admin API and the public API are at the server's only port. */
  readonly adminUrl: string;
  readonly publicUrl: string;
  /** Method and path of each request so far. */
  readonly seen: string[];
}

/**
 * Starts a stand-in for Kratos that gives responses that a real one would not give on command.
 * @param script what a request gets. Without a result the version is reported, and everything else is 404.
 */
export async function startScriptedKratos(
  version: string,
  script: (request: IncomingMessage, path: string) => Scripted | undefined = () => undefined,
): Promise<ScriptedKratos> {
  const seen: string[] = [];
  const server = await startLoopbackServer((request, response) => {
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
    const respond = () => response.writeHead(status, { "content-type": type, ...headers }).end(json === undefined ? text : JSON.stringify(json));
    if (!later) return void respond();
    setTimeout(() => {
      later();
      respond();
    }, 10);
  });
  return { ...server, adminUrl: server.url, publicUrl: server.url, seen };
}
