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

type Start = () => void;

/** Limits how many requests run at a time, and queues a bounded number of others. */
export class RequestQueue {
  #running = 0;
  readonly #waiting = new Set<Start>();
  readonly #waitingWithPriority = new Set<Start>();

  /**
   * @param concurrency requests that run at a time
   * @param maxLength requests that may wait
   */
  constructor(
    private readonly concurrency: number,
    private readonly maxLength: number,
  ) {}

  get load(): KratosLoad {
    return { running: this.#running, queued: this.#waiting.size + this.#waitingWithPriority.size };
  }

  /**
   * Calls `start` as soon as a slot is free. Whoever was started must call {@link release} once.
   * @param priority whether to go before the others and never be refused: for the few requests that all others depend on
   * @throws {QueueFullError} if too many requests are waiting
   */
  acquire(start: Start, priority: boolean): void {
    if (this.#running < this.concurrency) {
      this.#running++;
      start();
    } else if (priority) {
      this.#waitingWithPriority.add(start);
    } else if (this.#waiting.size < this.maxLength) {
      this.#waiting.add(start);
    } else {
      throw new QueueFullError(`${this.concurrency} requests are running, and ${this.maxLength} are waiting.`);
    }
  }

  /** @returns true if the request was still waiting. It never starts then, and holds no slot. */
  cancel(start: Start): boolean {
    return this.#waiting.delete(start) || this.#waitingWithPriority.delete(start);
  }

  /** Releases a slot to the longest-waiting request. */
  release(): void {
    const [start] = this.#waitingWithPriority.size > 0 ? this.#waitingWithPriority : this.#waiting;
    if (!start) {
      this.#running--;
      return;
    }
    this.cancel(start);
    // undici frees the connection only after it has reported the end of its request.
    queueMicrotask(start);
  }
}
