import { errors, Pool, type Dispatcher } from "undici";
import { hasHeapFor, MemoryBudget, type Reservation } from "./memory-budget.js";
import { QueueFullError, type QueueCaller, type QueuedRequest, type RequestQueue } from "./request-queue.js";

/** TLS options of the connections to Kratos, each as PEM. */
export interface KratosTls {
  /** Certificate authorities to trust instead of those that Node trusts. */
  readonly ca?: string;
  /** Client certificate, and its private key. */
  readonly cert?: string;
  readonly key?: string;
}

/** How the connections to a port are made. */
export interface ConnectionKind {
  readonly isTls: boolean;
  readonly hasClientCertificate: boolean;
}

export interface PoolFetchOptions {
  /** Base URL of the port. Its path is part of every request's URL already. */
  readonly baseUrl: string;
  readonly tls?: KratosTls;
  /** Shared by both ports of one Kratos, as is `memory`. */
  readonly queue: RequestQueue;
  readonly memory: MemoryBudget;
  /** Maximum number of connections, without those for requests with priority. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** Called when a connection ends that this side did not close. */
  readonly onLostConnection: () => void;
}

/** How one request is sent. */
export interface SendOptions {
  /** When the whole response must be here, in the time of `performance.now()`. */
  readonly deadline: number;
  /** Whether to start at once, on a connection beyond the limit if none is free. */
  readonly priority: boolean;
  /** Who the request is made for. In the queue, callers take turns. */
  readonly caller: QueueCaller;
}

/** The response was not complete before the deadline. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";

  /** @param wasSent whether a part of the request may have been sent */
  constructor(
    message: string,
    readonly wasSent: boolean,
  ) {
    super(message);
  }
}

/** The connection failed, or what came over it is not a response. `cause` is undici's or the system's error. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";

  /** @param wasSent whether a part of the request may have been sent: false if there was no connection */
  constructor(
    override readonly cause: Error,
    readonly wasSent: boolean,
  ) {
    super(cause.message, { cause });
  }

  /** Whether a response came that cannot be read: it is not HTTP, or its headers or body are too large. */
  get isUnreadable(): boolean {
    return UNREADABLE.some((type) => this.cause instanceof type);
  }
}

/** There is not enough memory for a large response, beside the others that are being received or used. */
export class MemoryError extends Error {
  override readonly name = "MemoryError";
}

const UNREADABLE = [errors.HeadersOverflowError, errors.ResponseExceededMaxSizeError, errors.HTTPParserError];

/** Codes of a connection that the other side or the network has ended. This side ends idle connections, and those of late responses. */
const LOST = /^(UND_ERR_SOCKET|E[A-Z]+)$/;

/** Maximum size of a response body in bytes. A page of 250 identities has about 300 kB. */
const MAX_BODY_BYTES = 50_000_000;

/** A smaller response is never refused. */
const LARGE_BYTES = 1_000_000;

/** The memory of responses that are being received: many callers, or one, can request many pages of large identities at a time. */
export function createResponseBudget(): MemoryBudget {
  return new MemoryBudget(LARGE_BYTES);
}

/**
 * Checks that the heap has room for the text of a response, the objects in it, and the text that they become again.
 * @throws {MemoryError}
 */
function checkHeap(bytes: number): void {
  if (bytes > LARGE_BYTES && !hasHeapFor(5 * bytes)) throw new MemoryError(`The heap has no room for a response of ${bytes} bytes.`);
}

/** More than the requests with priority that are running at a time: each of them is shared by all who need it. */
const PRIORITY_CONNECTIONS = 8;

/** Each request has one deadline, so undici's own two timeouts are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 };

/**
 * The `fetch` under ky: sends requests to one port of Kratos over kept-alive connections, behind a bounded queue. It uses
 * undici's dispatcher directly and collects the response in memory: with Node's own `fetch` a request costs three times the
 * CPU (docs/performance.md).
 */
export class PoolFetch {
  readonly #createPool: (tls: KratosTls | undefined) => Pool;
  readonly #origin: string;
  readonly #queue: RequestQueue;
  readonly #memory: MemoryBudget;
  #pool: Pool;
  #tls?: KratosTls;

  constructor({ baseUrl, tls, queue, memory, connections, connectTimeoutMs, onLostConnection }: PoolFetchOptions) {
    this.#origin = new URL(baseUrl).origin;
    this.#createPool = (options) => {
      this.#tls = options;
      const connect = { ...options, timeout: connectTimeoutMs };
      const pool = new Pool(this.#origin, { connections: connections + PRIORITY_CONNECTIONS, connect, maxResponseSize: MAX_BODY_BYTES, ...NO_TIMEOUTS });
      return pool.on("disconnect", (_origin, _targets, error) => {
        if (LOST.test(error.code)) onLostConnection();
      });
    };
    this.#queue = queue;
    this.#memory = memory;
    this.#pool = this.#createPool(tls);
  }

  get connection(): ConnectionKind {
    return { isTls: this.#origin.startsWith("https:"), hasClientCertificate: this.#tls?.cert !== undefined };
  }

  /** Opens new connections with other TLS options. Running requests are completed on the old ones. */
  reconnect(tls: KratosTls | undefined): void {
    const previous = this.#pool;
    this.#pool = this.#createPool(tls);
    void previous.close();
  }

  /**
   * Sends a request and waits for the complete response, whatever its status. Does not follow redirects.
   * @throws {DeadlineError} if the response takes too long, the wait in the queue included
   * @throws {QueueFullError} if the request was not sent
   * @throws {MemoryError}
   * @throws {NetworkError}
   */
  async fetch(request: Request, { deadline, priority, caller }: SendOptions): Promise<Response> {
    const options: Dispatcher.DispatchOptions = {
      method: request.method as Dispatcher.HttpMethod,
      path: request.url.slice(this.#origin.length),
      headers: Object.fromEntries(request.headers),
      body: request.body && (await request.text()),
    };
    return new Promise((resolve, reject) => {
      const timeoutMs = deadline - performance.now();
      if (timeoutMs <= 0) throw new DeadlineError("No time was left before the deadline.", false);
      const collector = new ResponseCollector(this.#queue, this.#memory.reserve(), resolve, reject);
      const queued: QueuedRequest = {
        caller,
        start: () => void this.#pool.dispatch(options, collector),
        refuse: (error) => collector.refuse(error),
      };
      this.#queue.acquire(queued, priority);
      collector.setTimeout(timeoutMs, queued);
    });
  }
}

/** Collects one response. Releases the slot when undici has finished, which may be after the deadline has passed. */
class ResponseCollector implements Dispatcher.DispatchHandler {
  readonly #chunks: Buffer[] = [];
  #timer?: NodeJS.Timeout;
  #controller?: Dispatcher.DispatchController;
  #timedOut?: DeadlineError;
  #status = 0;
  #headers: ResponseHeaders = {};

  constructor(
    private readonly queue: RequestQueue,
    private readonly memory: Reservation,
    private readonly resolve: (response: Response) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** @param queued what waits in the queue, if the request has no slot yet */
  setTimeout(timeoutMs: number, queued: QueuedRequest): void {
    this.#timer = setTimeout(() => {
      if (this.queue.cancel(queued)) return this.reject(new QueueFullError("No slot was free before the deadline."));
      this.#timedOut = new DeadlineError("The response was not complete before the deadline.", this.#controller !== undefined);
      this.#controller?.abort(this.#timedOut);
      // A request that still waits for its connection has nothing to abort yet.
      this.reject(this.#timedOut);
    }, timeoutMs);
  }

  /** Called if the request leaves the queue without being sent. */
  refuse(error: QueueFullError): void {
    clearTimeout(this.#timer);
    this.reject(error);
  }

  /** undici has a connection, and is about to write the request to it, unless it is aborted here. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#timedOut) controller.abort(this.#timedOut);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    if (!this.memory.grow(chunk.length)) throw new MemoryError("Too many large responses were being received.");
  }

  onResponseEnd(): void {
    this.#end();
    const [first, ...others] = this.#chunks;
    const body = first && others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.resolve(new BufferedResponse(this.#status, this.#headers, body) as Pick<Response, keyof BufferedResponse> as Response);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.reject(error instanceof DeadlineError || error instanceof MemoryError ? error : new NetworkError(error, this.#controller !== undefined));
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.memory.release();
    this.queue.release();
  }
}

type ResponseHeaders = Record<string, string | string[] | undefined>;

/** As much of a `Response` as ky and the adapter read. A real one, with its stream, costs 25 us more. */
class BufferedResponse implements Pick<Response, "ok" | "status" | "headers" | "text" | "clone"> {
  readonly #fields: ResponseHeaders;
  readonly #body: Buffer;

  constructor(
    readonly status: number,
    fields: ResponseHeaders,
    body: Buffer,
  ) {
    this.#fields = fields;
    this.#body = body;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    const get = (name: string): string | null => {
      const value = this.#fields[name.toLowerCase()];
      return (Array.isArray(value) ? value.join(", ") : value) ?? null;
    };
    const getSetCookie = (): string[] => [this.#fields["set-cookie"] ?? []].flat();
    return { get, getSetCookie } satisfies Partial<Headers> as Partial<Headers> as Headers;
  }

  async text(): Promise<string> {
    checkHeap(this.#body.length);
    return this.#body.toString();
  }

  /** ky gives hooks a clone, so that they can read the body. This one can be read any number of times. */
  clone(): Response {
    return this as Pick<Response, keyof BufferedResponse> as Response;
  }
}
