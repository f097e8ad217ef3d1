import { Pool, type Dispatcher } from "undici";
import type { KratosAnswer } from "./sender.js";
import { NoPlaceError, type Places } from "./request-queue.js";

export interface TransportOptions {
  /** Address whose path stands before that of each request. */
  readonly baseUrl: string;
  readonly tls?: KratosTls;
  /** Shared by all transports to one Kratos. */
  readonly places: Places;
  /** Most connections: as many as there are places. */
  readonly connections: number;
  /** Longest time for a connection to come about. */
  readonly connectTimeoutMs: number;
}

/** What a TLS connection to Kratos is made with, each as PEM. */
export interface KratosTls {
  /** The authorities to trust, in place of those that Node trusts. */
  readonly ca?: string;
  /** The certificate to show, and its key. */
  readonly cert?: string;
  readonly key?: string;
}

export interface TransportRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether it goes before those that wait for a place. */
  readonly ahead: boolean;
}

/** The answer was not whole when the time was over. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** A request has one deadline, so undici's two are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };
/** Largest body of an answer in bytes. A page of 250 identities is some 300 kB. */
const MAX_BODY = 50_000_000;

/**
 * Sends single requests to one address over kept-alive connections. They go to undici's dispatcher itself: its request(),
 * a stream and an abort signal for each, costs twice the CPU, and Node's fetch eight times (docs/performance.md).
 */
export class Transport {
  readonly #pool: Pool;
  readonly #prefix: string;
  readonly #places: Places;

  constructor({ baseUrl, tls, places, connections, connectTimeoutMs }: TransportOptions) {
    const { origin, pathname } = new URL(baseUrl);
    const connect = { ...tls, timeout: connectTimeoutMs };
    this.#pool = new Pool(origin, { connections, connect, maxResponseSize: MAX_BODY, ...NO_TIMEOUTS });
    this.#prefix = pathname.replace(/\/+$/, "");
    this.#places = places;
  }

  /**
   * @param timeoutMs time for the whole answer, the wait for a place included
   * @throws {DeadlineError} where it took longer
   * @throws {NoPlaceError} where it was never sent, and undici's errors
   */
  send({ method, path, headers, body, ahead }: TransportRequest, timeoutMs: number): Promise<KratosAnswer> {
    return new Promise((resolve, reject) => {
      if (timeoutMs <= 0) throw new DeadlineError("There was no time left.");
      const places = this.#places;
      const reader = new AnswerReader(places, resolve, reject);
      const start = () => {
        this.#pool.dispatch({ method: method as Dispatcher.HttpMethod, path: this.#prefix + path, headers, body }, reader);
      };
      places.take(start, ahead);
      reader.endAfter(timeoutMs, start);
    });
  }
}

/** Gathers one answer. Its place is free again when undici is done with it, which may be after the caller is. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #timer?: NodeJS.Timeout;
  #controller?: Dispatcher.DispatchController;
  #overdue?: DeadlineError;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};

  constructor(
    private readonly places: Places,
    private readonly resolve: (answer: KratosAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** @param start what waits for the place, unless it has one */
  endAfter(timeoutMs: number, start: () => void): void {
    this.#timer = setTimeout(() => {
      if (this.places.leave(start)) return this.reject(new NoPlaceError("There was no place in time."));
      this.#overdue = new DeadlineError("There was no whole answer in time.");
      this.#controller?.abort(this.#overdue);
      // One that still waits for its connection has nothing to abort yet.
      this.reject(this.#overdue);
    }, timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#overdue) controller.abort(this.#overdue);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#end();
    const [only, ...more] = this.#chunks;
    this.resolve({
      status: this.#status,
      contentType: first(this.#headers["content-type"]),
      location: first(this.#headers["location"]),
      link: first(this.#headers["link"]),
      date: first(this.#headers["date"]),
      retryAfter: first(this.#headers["retry-after"]),
      body: only && more.length === 0 ? only : Buffer.concat(this.#chunks),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.reject(error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.places.free();
  }
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
