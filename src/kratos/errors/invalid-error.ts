import type { Fault } from "../fault.js";
import { KratosError } from "./kratos-error.js";

/** Kratos refuses the request body; each fault names the place in it. */
export class KratosInvalidError extends KratosError {
  readonly faults: readonly Fault[];

  constructor(operation: string, faults: readonly Fault[]) {
    super(operation, faults.map(({ message }) => message).join("; "));
    this.faults = faults;
  }
}
