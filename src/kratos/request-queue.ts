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

/** Who a request is made for. */
export interface QueueCaller {
  readonly name: string;
  /** The callers of a group together take turns with those outside of it, e.g. users, of whom there can be any number. */
  readonly group: string;
}

/** A request that needs a slot. */
export interface QueuedRequest {
  readonly caller: QueueCaller;
  /** Called once, when the request has a slot. */
  start(): void;
  /** Called instead of `start` if the place in the queue is given to another caller. */
  refuse(error: QueueFullError): void;
}

/** The waiting requests of each caller of a group. The caller whose turn it is comes first, as does the group. */
type Waiting = Map<string, Set<QueuedRequest>>;

/** Limits how many requests run at a time, and queues a bounded number of others, whose callers take turns. */
export class RequestQueue {
  #running = 0;
  readonly #groups = new Map<string, Waiting>();
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
   * @throws {QueueFullError} if too many requests are waiting, and no group or caller has more of them than this one
   */
  acquire(request: QueuedRequest, priority: boolean): void {
    if (priority || this.#running < this.concurrency) {
      this.#running++;
      request.start();
    } else {
      if (this.#length >= this.maxLength) this.#makeRoomFor(request.caller);
      const { group, name } = request.caller;
      const waiting = this.#groups.get(group) ?? new Map<string, Set<QueuedRequest>>();
      this.#groups.set(group, waiting.set(name, (waiting.get(name) ?? new Set()).add(request)));
      this.#length++;
    }
  }

  /**
   * Refuses the latest request of the caller with the most waiting ones: in the group with the most, or else in the caller's own.
   * @throws {QueueFullError} if these are not more than those of the caller with one more
   */
  #makeRoomFor({ group, name }: QueueCaller): void {
    const own: Waiting = this.#groups.get(group) ?? new Map();
    const largest = findLargest(this.#groups.values(), countIn);
    const isOther = largest !== undefined && largest !== own && countIn(largest) > countIn(own) + 1;
    const most = findLargest((isOther ? largest : own).values(), ({ size }) => size);
    const latest = most && [...most].at(-1);
    const error = new QueueFullError(`${this.concurrency} requests are running, and ${this.maxLength} are waiting.`);
    if (!latest || (!isOther && most.size <= (own.get(name)?.size ?? 0) + 1)) throw error;
    this.cancel(latest);
    latest.refuse(error);
  }

  /** @returns true if the request was still waiting. It never starts then, and holds no slot. */
  cancel(request: QueuedRequest): boolean {
    const { group, name } = request.caller;
    const waiting = this.#groups.get(group);
    const own = waiting?.get(name);
    if (!own?.delete(request)) return false;
    this.#length--;
    if (own.size === 0) waiting!.delete(name);
    if (waiting!.size === 0) this.#groups.delete(group);
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
    const [waiting = new Map() as Waiting] = this.#groups.values();
    const [own] = waiting.values();
    const [next] = own ?? [];
    if (!next) return undefined;
    this.cancel(next);
    moveToEnd(waiting, next.caller.name);
    moveToEnd(this.#groups, next.caller.group);
    return next;
  }
}

/** If one that had its turn has more requests, its next turn is after those of all others. */
function moveToEnd<T>(turns: Map<string, T>, name: string): void {
  const own = turns.get(name);
  if (own !== undefined && turns.delete(name)) turns.set(name, own);
}

function countIn(waiting: Waiting): number {
  let count = 0;
  for (const { size } of waiting.values()) count += size;
  return count;
}

function findLargest<T>(all: Iterable<T>, measure: (one: T) => number): T | undefined {
  let largest: T | undefined;
  for (const one of all) if (largest === undefined || measure(one) > measure(largest)) largest = one;
  return largest;
}
