import { KratosError } from "./kratos-error.js";

/** Kratos could not be reached, hung up, did not answer within the deadline, or says that it cannot now. */
export class KratosUnavailableError extends KratosError {
  /** The seconds after which Kratos asks to come back, where it does. */
  readonly retryAfterS?: number;

  constructor(operation: string, message: string, options: { detail?: string; cause?: unknown; retryAfterS?: number } = {}) {
    super(operation, message, options);
    this.retryAfterS = options.retryAfterS;
  }
}
