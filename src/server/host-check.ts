import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal.js";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Keeps web pages out of a server that anybody on this machine may use. A page's own domain can be made to point to
 * 127.0.0.1 (DNS rebinding), and then neither CORS nor the same-origin policy keeps it away; the Host header does.
 * @throws {Refusal} where a request comes by another name than this machine's own
 */
export function checkLoopbackHost({ headers }: IncomingMessage): void {
  if (LOOPBACK.test(headers.host ?? "")) return;
  throw new Refusal(421, "MISDIRECTED_REQUEST", "This server has no authentication, so it answers only as localhost or 127.0.0.1.");
}

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
