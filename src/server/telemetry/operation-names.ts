/** Names that become labels. Each costs some twenty time series, here and in Prometheus, for as long as the process runs. */
const MOST_NAMES = 200;
/** Those of them that one caller brings: a client that makes up names shall not take the others' places. */
const MOST_NAMES_OF_ONE = 100;

/** The names of operations as a bounded set of labels. Names are the callers': the first ones get labels, the rest is `other`. */
export class OperationNames {
  readonly #names = new Set<string>();
  readonly #callers = new Map<string, number>();

  /** @param valid whether the operation is a valid one; names of others cost a caller nothing and get no label */
  labelOf(name: string | undefined, caller: string, valid: boolean): string {
    if (name === undefined) return "anonymous";
    if (this.#names.has(name)) return name;
    const brought = this.#callers.get(caller) ?? 0;
    if (!valid || this.#names.size >= MOST_NAMES || brought >= MOST_NAMES_OF_ONE) return "other";
    this.#callers.set(caller, brought + 1);
    this.#names.add(name);
    return name;
  }
}
