import { KratosError } from "./kratos-error.js";

/** The running Kratos is older than what was asked of it. */
export class KratosUnsupportedError extends KratosError {
  /** First version that has it, as `v0.6.3-alpha.1`. */
  readonly since: string;

  constructor(operation: string, running: string, since: string) {
    super(operation, `${operation} needs Kratos ${since} or newer; this one is ${running}.`);
    this.since = since;
  }
}
