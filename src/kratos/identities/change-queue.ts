import { KratosOverloadedError } from "../errors.js";

/** Changes of one identity that may wait. */
const MAX_WAITING = 100;

/**
 * Runs the changes of an identity one after another. Kratos reads an identity, changes it and writes it back without a lock, so
 * that it loses all but the last of several patches at once, and a merge has to read the identity before that.
 */
export class ChangeQueue {
  /** Starts the waiting changes of each identity that is being changed. */
  readonly #waiting = new Map<string, Set<() => void>>();

  /**
   * @param id UUID of the identity
   * @param deadline until when the change may wait, in the time of `performance.now()`
   * @throws {KratosOverloadedError} if too many changes are waiting, or earlier ones take too long. Nothing was sent then
   */
  async run<T>(operation: string, id: string, deadline: number, change: () => Promise<T>): Promise<T> {
    const key = id.toLowerCase();
    await this.#enter(operation, key, deadline);
    try {
      return await change();
    } finally {
      this.#leave(key);
    }
  }

  async #enter(operation: string, key: string, deadline: number): Promise<void> {
    const waiting = this.#waiting.get(key);
    if (!waiting) return void this.#waiting.set(key, new Set());
    const refusal = new KratosOverloadedError(operation, `Other changes of this identity are running: ${operation} was not sent, and nothing was changed. Try again later.`);
    if (waiting.size >= MAX_WAITING) throw refusal;
    await new Promise<void>((resolve, reject) => {
      const start = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(start);
        reject(refusal);
      }, deadline - performance.now());
      waiting.add(start);
    });
  }

  #leave(key: string): void {
    const waiting = this.#waiting.get(key);
    const [start] = waiting ?? [];
    if (!waiting || !start) return void this.#waiting.delete(key);
    waiting.delete(start);
    start();
  }
}
