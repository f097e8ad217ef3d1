import type { IncomingMessage, ServerResponse } from "node:http";
import { ALTAIR_HTML, ALTAIR_POLICY, serveAltairFile } from "./altair.js";
import { SANDBOX_HTML, SANDBOX_POLICY } from "./sandbox.js";

/** Serves Apollo Sandbox at /graphql, and Altair, which needs nothing from other servers, at /explorer/. */
export function serveExplorer(request: IncomingMessage, response: ServerResponse, path: string): void {
  switch (path) {
    case "/graphql":
      return sendPage(response, SANDBOX_HTML, SANDBOX_POLICY);
    case "/explorer":
      return void response.writeHead(302, { location: "/explorer/" }).end();
    case "/explorer/":
      return sendPage(response, ALTAIR_HTML, ALTAIR_POLICY);
  }
  request.url = path.slice("/explorer".length);
  serveAltairFile(request, response, () => {
    response.writeHead(404).end();
  });
}

/** @param policy Content-Security-Policy: where the page may load files from and send requests to */
function sendPage(response: ServerResponse, html: string, policy: string): void {
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .end(html);
}
