/**
 * Whatever the adapter throws. `message` is safe to show to a caller: it holds no address, no database text
 * and no stack; what may be said only to the operator is in `detail`. Kratos' own texts, which may hold a user's data, are in
 * neither.
 */
export abstract class KratosError extends Error {
  /** The operation that failed, by the name that Ory's API documents give it. */
  readonly operation: string;
  /** What a failure is found by in Kratos' log, or what the network did: for the operator's log alone. */
  readonly detail?: string;

  constructor(operation: string, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.operation = operation;
    this.detail = options.detail;
  }
}
