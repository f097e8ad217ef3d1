import { KratosError } from "./kratos-error.js";

/** Kratos answered with a redirect. None is ever followed. */
export class KratosRedirectedError extends KratosError {
  /** Where to, as Kratos wrote it. */
  readonly location: string;

  constructor(operation: string, location: string) {
    super(operation, `Kratos answered ${operation} with a redirect in place of an answer.`, { detail: location });
    this.location = location;
  }
}
