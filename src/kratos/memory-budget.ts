import { getHeapStatistics } from "node:v8";

/**
 * Bounds the memory of what others send, e.g. of the responses that are being received: together they may take an eighth of the
 * heap. Beyond that, large ones are refused, unless there is only one.
 */
export class MemoryBudget {
  readonly #limit = getHeapStatistics().heap_size_limit / 8;
  #used = 0;

  /** @param smallBytes what takes at most this memory is never refused */
  constructor(private readonly smallBytes: number) {}

  /** Starts to count the memory of one thing. Call `release` when it is no longer used. */
  reserve(): Reservation {
    let own = 0;
    return {
      grow: (bytes) => {
        own += bytes;
        this.#used += bytes;
        return own <= this.smallBytes || this.#used === own || this.#used <= this.#limit;
      },
      release: () => {
        this.#used -= own;
        own = 0;
      },
    };
  }
}

/** Whether the heap has room for something that will take this memory. */
export function hasHeapFor(bytes: number): boolean {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return used + bytes < limit;
}

export interface Reservation {
  /** @returns false if there is not enough memory. What is reserved so far is counted until `release` is called. */
  grow(bytes: number): boolean;
  release(): void;
}
