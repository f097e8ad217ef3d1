import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { getHeapStatistics } from "node:v8";

export interface Listening {
  /** Base URL, e.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /**
   * Stops accepting connections, and waits for running requests.
   * @param graceMs after this time, connections are cut even if they have running requests. Default: ten seconds
   */
  close(graceMs?: number): Promise<void>;
}

/** What clients may hold of the server's memory, and for how long. */
export interface ConnectionLimits {
  /** Maximum number of open connections. Further ones are closed at once. */
  readonly connections: number;
  /** Time in which a client must have sent the headers of a request. */
  readonly headersMs: number;
  /** Time in which a client must have sent a whole request. */
  readonly requestMs: number;
  /** Time in which a client must have read a response. */
  readonly readMs: number;
  /** Total length of the responses that clients have not read. If it is exceeded, the oldest of them are dropped. Default: a quarter of the heap. */
  readonly unreadCharacters: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  connections: 2_000,
  headersMs: 10_000,
  requestMs: 30_000,
  readMs: 30_000,
  unreadCharacters: getHeapStatistics().heap_size_limit / 4,
};

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
  const { connections, headersMs: headersTimeout, requestMs: requestTimeout } = limits;
  const unread = new UnreadResponses(limits);
  // Node.js closes what exceeds a timeout only when it checks the connections.
  const server = createServer({ headersTimeout, requestTimeout, connectionsCheckingInterval: headersTimeout / 5 }, (request, response) => {
    response.once("prefinish", () => unread.add(response));
    handle(request, response);
  });
  server.maxConnections = connections;
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

/** The responses that are written, but that their clients have not read completely. */
class UnreadResponses {
  readonly #responses = new Map<ServerResponse, { readonly length: number; readonly timer: NodeJS.Timeout }>();
  #length = 0;

  constructor(private readonly limits: ConnectionLimits) {}

  /** Called when a response has been written. Small ones fit into the buffers of the system. */
  add(response: ServerResponse): void {
    const length = response.writableLength;
    if (length === 0) return;
    const timer = setTimeout(() => response.destroy(), this.limits.readMs);
    this.#responses.set(response, { length, timer });
    this.#length += length;
    response.once("close", () => this.#remove(response));
    for (const oldest of this.#responses.keys()) {
      if (this.#length <= this.limits.unreadCharacters) break;
      this.#remove(oldest);
      oldest.destroy();
    }
  }

  #remove(response: ServerResponse): void {
    const entry = this.#responses.get(response);
    if (!entry) return;
    clearTimeout(entry.timer);
    this.#responses.delete(response);
    this.#length -= entry.length;
  }
}

/** Whether an address to listen on can be reached only from this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}
