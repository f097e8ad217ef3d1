import { KratosError } from "./kratos-error.js";

/** Kratos' configuration switches off what was asked for, say the verification flow or the link method. */
export class KratosDisabledError extends KratosError {}
