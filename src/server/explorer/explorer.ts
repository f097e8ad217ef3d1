import type { IncomingMessage, ServerResponse } from "node:http";
import { serveAltair } from "./altair.js";
import { serveSandbox } from "./sandbox.js";

/** Serves Apollo Sandbox to a browser at /graphql, and under /explorer/ the explorer that needs nothing from elsewhere. */
export function serveExplorer(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (path === "/graphql") return serveSandbox(response);
  if (path === "/explorer") {
    response.writeHead(302, { location: "/explorer/" }).end();
    return;
  }
  serveAltair(request, response, path);
}
