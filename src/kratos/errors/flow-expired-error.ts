import { KratosError } from "./kratos-error.js";

/** What Kratos says of the way on when a flow is over. */
export interface WayOn {
  /** Path and query under Kratos' public address that start a new flow of the kind. */
  readonly newFlowPath?: string;
  /** Id of the flow that took the place of this one. */
  readonly useFlowId?: string;
}

/** The flow is over (status 410). */
export class KratosFlowExpiredError extends KratosError {
  readonly wayOn: WayOn;

  constructor(operation: string, message: string, wayOn: WayOn) {
    super(operation, message);
    this.wayOn = wayOn;
  }
}
