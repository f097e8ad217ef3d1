import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Connections, DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from "./connections.js";

export interface Listening {
  /** Base URL, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Stops accepting connections, and waits for running requests.
   * @param graceMs after this time, connections are cut even if they have running requests. Default: ten seconds
   */
  close(graceMs?: number): Promise<void>;
}

export interface ListenOptions extends Partial<ConnectionLimits> {
  /** Environment variable that sets the port, for error messages. Default: `PORT`. */
  readonly portVariable?: string;
}

/** The server cannot listen on the configured address. */
export class ListenError extends Error {}

export const DEFAULT_GRACE_MS = 10_000;

const NOT_LOCAL = "is not an address of this machine; set HOST to 127.0.0.1, 0.0.0.0 or one of its addresses";

/** Explanations of error codes; {PORT} stands for the name of the environment variable. */
const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: "is already in use; set {PORT} to another port, or stop the process that listens on it",
  EACCES: "requires privileges that this process does not have; set {PORT} to a port above 1023",
  EADDRNOTAVAIL: NOT_LOCAL,
  ENOTFOUND: NOT_LOCAL,
};

/**
 * Starts an HTTP server.
 * @param port 0 for any free port
 * @throws {ListenError} if the address cannot be used; the message says what to do
 */
export async function listen(handle: RequestListener, host: string, port: number, options: ListenOptions = {}): Promise<Listening> {
  const { portVariable = "PORT", ...limits } = { ...DEFAULT_CONNECTION_LIMITS, ...options };
  const { headersMs: headersTimeout, requestMs: requestTimeout } = limits;
  const connections = new Connections(limits);
  // Node.js closes what exceeds a timeout only when it checks the connections.
  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: headersTimeout / 5 }, (request, response) => {
    if (connections.start(request, response)) handle(request, response);
  });
  server.on("connection", (socket) => connections.add(socket));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = REASONS[error.code ?? ""] ?? `cannot be listened on (${error.message})`;
      reject(new ListenError(`${host}:${port} ${reason.replace("{PORT}", portVariable)}`));
    });
    server.listen(port, host, resolve);
  });
  const { address, port: actualPort, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${actualPort}`,
    close: (graceMs = DEFAULT_GRACE_MS) =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), graceMs).unref();
      }),
  };
}

/** Whether an address to listen on can be reached only from this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
