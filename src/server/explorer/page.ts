import type { ServerResponse } from "node:http";

/**
 * Ends a response with an HTML page.
 * @param policy the Content-Security-Policy: where the page's files may come from, and whom it may talk to
 */
export function sendPage(response: ServerResponse, html: string, policy: string): void {
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    })
    .end(html);
}
