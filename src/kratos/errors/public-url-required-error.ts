import { KratosError } from "./kratos-error.js";

/** This Kratos serves what was asked for on its public port, whose address is not configured. */
export class KratosPublicUrlRequiredError extends KratosError {
  constructor(operation: string, running: string) {
    super(
      operation,
      `Kratos ${running} answers ${operation} on its public port alone: set KRATOS_PUBLIC_URL to that address.`,
    );
  }
}
