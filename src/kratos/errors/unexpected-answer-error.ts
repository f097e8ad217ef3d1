import { KratosError } from "./kratos-error.js";

/** Kratos failed (status 5xx), or answered what its API does not provide for. */
export class KratosUnexpectedAnswerError extends KratosError {
  readonly status: number;

  constructor(operation: string, status: number, detail?: string) {
    super(operation, `Kratos failed to answer ${operation} (status ${status}). Its log says why.`, { detail });
    this.status = status;
  }
}
