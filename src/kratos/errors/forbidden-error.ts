import { KratosError } from "./kratos-error.js";

/** Kratos asks for a session, a cookie or a right that the caller did not show (status 401 or 403). */
export class KratosForbiddenError extends KratosError {}
