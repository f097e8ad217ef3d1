import { KratosError } from "./kratos-error.js";

/** What came in Kratos' place is no HTTP, or is larger than it may be: headers of over 16 kB, a body of over 50 MB. */
export class KratosUnreadableAnswerError extends KratosError {
  /** @param outcome a sentence about what became of a change, or nothing */
  constructor(operation: string, outcome: string, options: { detail?: string; cause?: unknown } = {}) {
    super(operation, `Kratos' answer to ${operation} cannot be read.${outcome}`, options);
  }
}
