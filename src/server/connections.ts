import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { getHeapStatistics } from "node:v8";
import { hasBody } from "./body.js";

/** What clients may hold of the server's memory, and for how long. */
export interface ConnectionLimits {
  /** Maximum number of open connections. For a further one, the longest idle one is closed, or itself if all have a running request. */
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

/** Maximum number of running requests of one connection. */
const MAX_REQUESTS = 2;

/** The open connections of an HTTP server. */
export class Connections {
  #count = 0;
  /** Those without a request that has been received completely, the longest idle one first. */
  readonly #idle = new Set<Socket>();
  /** The number of running requests of each connection. */
  readonly #running = new WeakMap<Socket, number>();
  readonly #unread: UnreadResponses;

  constructor(private readonly limits: ConnectionLimits) {
    this.#unread = new UnreadResponses(limits);
  }

  /** To be called for each new connection. */
  add(socket: Socket): void {
    this.#count++;
    this.#idle.add(socket);
    socket.once("close", () => {
      this.#count--;
      this.#idle.delete(socket);
    });
    if (this.#count > this.limits.connections) this.#closeLongestIdle();
  }

  /** Clients and proxies expect that a connection without a request is closed at any time. The new one is idle too, so there is one. */
  #closeLongestIdle(): void {
    const [socket] = this.#idle;
    this.#idle.delete(socket!);
    socket!.destroy();
  }

  /**
   * To be called for each request. Node.js would keep any number of pipelined requests and their responses in memory. Neither
   * browsers nor proxies pipeline, but a client can have the last byte of a file before its response is finished here.
   * @returns whether to handle the request. If not, its connection is closed
   */
  start(request: IncomingMessage, response: ServerResponse): boolean {
    const { socket } = request;
    const running = this.#running.get(socket) ?? 0;
    if (running === MAX_REQUESTS) {
      socket.destroy();
      return false;
    }
    this.#running.set(socket, running + 1);
    // Until its body is complete, a request can be a way to hold a connection.
    const onReceived = () => {
      // A refused request can have its response before the end of its body.
      if (this.#running.get(socket)! > 0) this.#idle.delete(socket);
    };
    if (hasBody(request)) request.once("end", onReceived);
    else onReceived();
    response.once("prefinish", () => this.#unread.add(response));
    response.once("finish", () => this.#end(socket));
    return true;
  }

  #end(socket: Socket): void {
    const running = this.#running.get(socket)! - 1;
    this.#running.set(socket, running);
    if (running > 0 || socket.destroyed) return;
    // As the last one: it has been idle for the shortest time.
    this.#idle.delete(socket);
    this.#idle.add(socket);
  }
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
