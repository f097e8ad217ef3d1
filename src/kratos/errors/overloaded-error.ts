import { KratosError } from "./kratos-error.js";

/** Too many requests to Kratos are under way: this one was never sent, and nothing was done. */
export class KratosOverloadedError extends KratosError {
  constructor(operation: string, options: { detail?: string; cause?: unknown } = {}) {
    super(operation, `Too much is asked of Kratos at once: ${operation} was not sent. Nothing was done; try again later.`, options);
  }
}
