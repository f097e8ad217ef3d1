import { KratosError } from "./kratos-error.js";

/** Kratos could not be reached, hung up, or did not answer within the deadline. */
export class KratosUnavailableError extends KratosError {}
