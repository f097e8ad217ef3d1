import { KratosError } from "./kratos-error.js";

/**
 * Kratos does not have this path, or redirects from it: it is another release than the one believed, or something else
 * answers in its place. Nothing was done. No redirect is ever followed.
 */
export class KratosMisdirectedError extends KratosError {
  /** Where a redirect leads, as Kratos wrote it. */
  readonly location: string;

  constructor(operation: string, status: number, location: string) {
    super(operation, `Kratos does not answer ${operation} where its release should (status ${status}).`, {
      detail: location ? `redirects to ${URL.canParse(location) ? new URL(location).origin : "a path of its own"}` : undefined,
    });
    this.location = location;
  }
}
