/** How busy the way to Kratos is. */
export interface KratosLoad {
  /** Requests under way. */
  readonly running: number;
  /** Requests that wait for one of these to end. */
  readonly queued: number;
}

/** There was no place for a request, so it was never sent. */
export class NoPlaceError extends Error {
  override readonly name = "NoPlaceError";
}

type Start = () => void;

/** The places for requests under way, and a queue of bounded length before them. */
export class Places {
  #running = 0;
  readonly #queue = new Set<Start>();
  readonly #ahead = new Set<Start>();

  /**
   * @param count how many there are
   * @param queueLength how many may wait for one
   */
  constructor(
    private readonly count: number,
    private readonly queueLength: number,
  ) {}

  get load(): KratosLoad {
    return { running: this.#running, queued: this.#queue.size + this.#ahead.size };
  }

  /**
   * Starts a request as soon as it has a place; whoever was started gives it back with {@link free}.
   * @param ahead whether it goes before the queue: for the few that the others depend on
   * @throws {NoPlaceError} where the queue is full
   */
  take(start: Start, ahead: boolean): void {
    if (this.#running < this.count) {
      this.#running++;
      start();
    } else if (ahead) {
      this.#ahead.add(start);
    } else if (this.#queue.size < this.queueLength) {
      this.#queue.add(start);
    } else {
      throw new NoPlaceError(`${this.count} requests are under way, and ${this.queueLength} wait.`);
    }
  }

  /** @returns whether it was still waiting, and now never starts */
  leave(start: Start): boolean {
    return this.#queue.delete(start) || this.#ahead.delete(start);
  }

  /** Gives a place back: to who waits longest. */
  free(): void {
    const [start] = this.#ahead.size > 0 ? this.#ahead : this.#queue;
    if (!start) {
      this.#running--;
      return;
    }
    this.leave(start);
    // The connection that ended a request is itself free only after it has told so.
    queueMicrotask(start);
  }
}
