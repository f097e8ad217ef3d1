import { STATUS_CODES } from "node:http";

interface ErrorFields {
  readonly id?: string;
  readonly reason?: string;
  readonly debug?: string;
  readonly details?: object;
  readonly message?: string;
}

const DEFAULT_MESSAGES: Readonly<Record<number, string>> = {
  400: "The request was malformed or contained invalid parameters",
  401: "The request could not be authorized",
  403: "The requested action was forbidden",
  404: "The requested resource could not be found",
  500: "An internal server error occurred, please contact the system administrator",
};

/** An error of Kratos. Handlers throw it; the client receives `{"error": {…}}` with the status `code`. */
export class KratosError extends Error {
  constructor(
    readonly code: number,
    readonly fields: ErrorFields = {},
    /** What the response has besides the error. */
    readonly extra: { readonly json?: object; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(fields.reason ?? fields.message);
  }

  toJSON(): object {
    return { code: this.code, status: STATUS_CODES[this.code], message: DEFAULT_MESSAGES[this.code], ...this.fields };
  }
}

export const badRequest = (reason: string): KratosError => new KratosError(400, { reason });

/** The response to every lookup of a row that does not exist, or of an ID that is not a UUID. */
export const notFound = (): KratosError => new KratosError(404, { message: "Unable to locate the resource" });
