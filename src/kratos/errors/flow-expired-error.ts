import { KratosError } from "./kratos-error.js";

/** The flow is over (status 410). */
export class KratosFlowExpiredError extends KratosError {
  /** Path under Kratos' public address that starts a new flow of the kind, where Kratos says it. */
  readonly newFlowPath?: string;

  constructor(operation: string, message: string, newFlowPath: string | undefined) {
    super(operation, message);
    this.newFlowPath = newFlowPath;
  }
}
