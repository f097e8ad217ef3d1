/** Requests to Kratos at one moment. */
export interface KratosLoad {
  /** Requests that are running. */
  readonly running: number;
  /** Requests that wait for a running one to end. */
  readonly queued: number;
}

/** The request was not sent, because the queue is full, or because no slot became free before the deadline. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

/** A request that needs a slot. */
export interface QueuedRequest {
  /** Who the request is made for. */
  readonly caller: string;
  /** Called once, when the request has a slot. */
  start(): void;
  /** Called instead of `start` if the place in the queue is given to another caller. */
  refuse(error: QueueFullError): void;
}

/** Limits how many requests run at a time, and queues a bounded number of others, whose callers take turns. */
export class RequestQueue {
  #running = 0;
  /** The waiting requests of each caller. The caller whose turn it is comes first. */
  readonly #waiting = new Map<string, Set<QueuedRequest>>();
  #length = 0;

  /**
   * @param concurrency requests that run at a time
   * @param maxLength requests that may wait
   */
  constructor(
    private readonly concurrency: number,
    private readonly maxLength: number,
  ) {}

  get load(): KratosLoad {
    return { running: this.#running, queued: this.#length };
  }

  /**
   * Starts the request as soon as a slot is free. Whoever was started must call {@link release} once.
   * @param priority whether to start at once, beyond the limit: for the few requests that all others depend on. If they waited
   * for slow requests to end, a busy Kratos would look unavailable
   * @throws {QueueFullError} if too many requests are waiting, and no caller has more of them than this one
   */
  acquire(request: QueuedRequest, priority: boolean): void {
    if (priority || this.#running < this.concurrency) {
      this.#running++;
      request.start();
    } else {
      const own = this.#waiting.get(request.caller) ?? new Set();
      if (this.#length >= this.maxLength) this.#refuseOneOfMoreThan(own.size + 1);
      this.#waiting.set(request.caller, own.add(request));
      this.#length++;
    }
  }

  /** Refuses the latest request of the caller with the most waiting ones. @throws {QueueFullError} if these are not more than `count` */
  #refuseOneOfMoreThan(count: number): void {
    let most: readonly QueuedRequest[] = [];
    for (const requests of this.#waiting.values()) if (requests.size > most.length) most = [...requests];
    const error = new QueueFullError(`${this.concurrency} requests are running, and ${this.maxLength} are waiting.`);
    const latest = most.at(-1);
    if (!latest || most.length <= count) throw error;
    this.cancel(latest);
    latest.refuse(error);
  }

  /** @returns true if the request was still waiting. It never starts then, and holds no slot. */
  cancel(request: QueuedRequest): boolean {
    const own = this.#waiting.get(request.caller);
    if (!own?.delete(request)) return false;
    this.#length--;
    if (own.size === 0) this.#waiting.delete(request.caller);
    return true;
  }

  /** Releases a slot to the longest-waiting request of the caller whose turn it is. */
  release(): void {
    const next = this.#running > this.concurrency ? undefined : this.#takeNext();
    // undici frees the connection only after it has reported the end of its request.
    if (next) queueMicrotask(() => next.start());
    else this.#running--;
  }

  #takeNext(): QueuedRequest | undefined {
    const [own] = this.#waiting.values();
    const [next] = own ?? [];
    if (!next) return undefined;
    this.cancel(next);
    // If the caller has more requests, its next turn is after those of all others.
    if (this.#waiting.delete(next.caller)) this.#waiting.set(next.caller, own!);
    return next;
  }
}
