import { KratosError } from "./kratos-error.js";

/** Kratos has no such identity, schema, flow or error. */
export class KratosNotFoundError extends KratosError {
  constructor(operation: string) {
    super(operation, "Kratos has no such resource.");
  }
}
