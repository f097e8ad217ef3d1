import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";

/** A page in HTML. */
export interface Page {
  readonly html: string;
  /** Content-Security-Policy: where the page may load files from and send requests to. */
  readonly policy: string;
}

/** The source for the policy that allows an inline script or style. */
export function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** JSON for an inline script or data block, which `</script>` in a string would end. */
export function toInlineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

export function sendPage(response: ServerResponse, { html, policy }: Page): void {
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      vary: "accept",
    })
    .end(html);
}
