import { Pool, type Dispatcher } from "undici";
import type { KratosAnswer } from "./http.js";

export interface TransportRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The answer was not whole when the time was over. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Most connections to one address; what comes beyond waits for one to be free. */
const CONNECTIONS = 64;
/** A request has one deadline, so undici's two are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };

/**
 * Sends single requests to one address over kept-alive connections. They go to undici's dispatcher itself: its request(),
 * a stream and an abort signal for each, costs twice the CPU, and Node's fetch eight times (docs/performance.md).
 */
export class Transport {
  readonly #pool: Pool;
  readonly #prefix: string;

  /** @param baseUrl address whose path stands before that of each request */
  constructor(baseUrl: string) {
    const { origin, pathname } = new URL(baseUrl);
    this.#pool = new Pool(origin, { connections: CONNECTIONS, ...NO_TIMEOUTS });
    this.#prefix = pathname.replace(/\/+$/, "");
  }

  /**
   * @param timeoutMs time for the whole answer, the wait for a connection included
   * @throws {DeadlineError} where it took longer, and undici's errors
   */
  send({ method, path, headers, body }: TransportRequest, timeoutMs: number): Promise<KratosAnswer> {
    return new Promise((resolve, reject) => {
      const reader = new AnswerReader(timeoutMs, resolve, reject);
      this.#pool.dispatch({ method: method as Dispatcher.HttpMethod, path: this.#prefix + path, headers, body }, reader);
    });
  }
}

/** Gathers one answer. */
class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #controller?: Dispatcher.DispatchController;
  #overdue?: DeadlineError;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};

  constructor(
    timeoutMs: number,
    private readonly resolve: (answer: KratosAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {
    this.#timer = setTimeout(() => {
      this.#overdue = new DeadlineError(`No whole answer within ${timeoutMs} ms.`);
      this.#controller?.abort(this.#overdue);
      // One that still waits for a connection has nothing to abort yet.
      reject(this.#overdue);
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
    clearTimeout(this.#timer);
    const [only, ...more] = this.#chunks;
    this.resolve({
      status: this.#status,
      contentType: first(this.#headers["content-type"]),
      location: first(this.#headers["location"]),
      link: first(this.#headers["link"]),
      date: first(this.#headers["date"]),
      body: (only && more.length === 0 ? only : Buffer.concat(this.#chunks)).toString(),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    clearTimeout(this.#timer);
    this.reject(error);
  }
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}
