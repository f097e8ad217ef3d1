/** What a soak has seen. */
export class Ledger {
  readonly #durationsMs: number[] = [];
  readonly #errors = new Map<string, number>();
  readonly wrong: string[] = [];

  /** A request that was answered, whatever the answer. */
  answered(durationMs: number): void {
    this.#durationsMs.push(durationMs);
  }

  /** An error that an answer holds, or a request that got none. */
  error(name: string): void {
    this.#errors.set(name, (this.#errors.get(name) ?? 0) + 1);
  }

  /** An answer that is not what it must be. */
  isWrong(what: string): void {
    this.wrong.push(what);
  }

  get requests(): number {
    return this.#durationsMs.length;
  }

  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }

  /** @param share as 0.99 @returns milliseconds */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.#durationsMs).sort();
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  }
}
