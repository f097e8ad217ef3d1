import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpError } from "./http-error.js";

export interface Listening {
  /** Base address, as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Lets running requests finish, for ten seconds at the most, and closes. */
  close(): Promise<void>;
}

/** The address that was to be listened on cannot be had. */
export class ListenError extends Error {}

const GRACE_MS = 10_000;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is in use; set {PORT} to another, or stop what listens there",
  EACCES: "may not be listened on; set {PORT} to one above 1023",
  EADDRNOTAVAIL: "is no address of this machine; set HOST to 127.0.0.1, 0.0.0.0 or one that is",
  ENOTFOUND: "is no address of this machine; set HOST to 127.0.0.1, 0.0.0.0 or one that is",
};

/**
 * Starts an HTTP server.
 * @param port 0 for any free one
 * @param portVariable what an operator sets to have another
 * @throws {ListenError} that says what to do where the address cannot be had
 */
export async function listen(handle: RequestListener, host: string, port: number, portVariable = "PORT"): Promise<Listening> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ""] ?? `cannot be listened on (${error.message})`;
      reject(new ListenError(`${host}:${port} ${reason.replace("{PORT}", portVariable)}`));
    });
    server.listen(port, host, resolve);
  });
  const { address, port: bound, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
      }),
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

/**
 * Keeps web pages out of a server that anybody on this machine may use. A page's own domain can be made to point to
 * 127.0.0.1 (DNS rebinding), and then neither CORS nor the same-origin policy keeps it away; the Host header does.
 * @throws {HttpError} where a request comes by another name than this machine's own
 */
export function checkLoopbackHost({ headers }: IncomingMessage): void {
  if (LOOPBACK.test(headers.host ?? "")) return;
  throw new HttpError(421, "MISDIRECTED_REQUEST", "This server has no authentication, so it answers only as localhost or 127.0.0.1.");
}

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
