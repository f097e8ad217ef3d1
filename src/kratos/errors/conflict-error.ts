import { KratosError } from "./kratos-error.js";

/** Another identity has one of the identifiers or addresses that the traits give. Kratos does not say which. */
export class KratosConflictError extends KratosError {}
