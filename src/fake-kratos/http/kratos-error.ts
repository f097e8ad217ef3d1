import { STATUS_CODES } from "node:http";
import type { Reply } from "./reply.js";

/** The fields of Kratos' error body besides `code` and `status`. */
export interface KratosErrorFields {
  id?: string;
  reason?: string;
  debug?: string;
  details?: Record<string, unknown>;
  message?: string;
  /** The HTTP status, where Kratos sends another one than the body's `code`. */
  httpStatus?: number;
}

const defaultMessages: Record<number, string> = {
  400: "The request was malformed or contained invalid parameters",
  401: "The request could not be authorized",
  403: "The requested action was forbidden",
  404: "The requested resource could not be found",
  500: "An internal server error occurred, please contact the system administrator",
};

/** A refusal; thrown anywhere below the router, answered as `{"error": {…}}`. */
export class KratosError extends Error {
  constructor(
    readonly code: number,
    readonly fields: KratosErrorFields = {},
  ) {
    super(fields.reason ?? fields.message ?? defaultMessages[code]);
  }

  /** The error object, in the order of keys Kratos has. */
  toJSON(): Record<string, unknown> {
    const { id, reason, debug, details, message = defaultMessages[this.code] } = this.fields;
    return {
      ...(id === undefined ? {} : { id }),
      code: this.code,
      status: STATUS_CODES[this.code],
      ...(reason === undefined ? {} : { reason }),
      ...(debug === undefined ? {} : { debug }),
      ...(details === undefined ? {} : { details }),
      message,
    };
  }

  toReply(): Reply {
    return {
      status: this.fields.httpStatus ?? this.code,
      headers: { "content-type": "application/json" },
      body: `${JSON.stringify({ error: this })}\n`,
    };
  }
}

export const badRequest = (reason: string): KratosError => new KratosError(400, { reason });

/** What every lookup in Kratos' database answers when there is no such row. */
export const noSuchRow = (): KratosError => new KratosError(404, { message: "Unable to locate the resource" });
