import type { IncomingMessage } from "node:http";
import type { Caller } from "../../graphql/scopes.js";
import { HttpError } from "../http-error.js";

/** How a gateway names the end user that it acts for. */
export interface SubjectOptions {
  /** Name of the request header, e.g. `X-User-Id`. */
  readonly header: string;
  /** Names of the callers whose header is believed, e.g. `key:gateway`. The header of any other caller is ignored. */
  readonly callers: readonly string[];
}

/** Adds the subject to a caller, if the caller is trusted and its request names one. */
export type SubjectReader = (caller: Caller, request: IncomingMessage) => Caller;

const MAX_LENGTH = 256;
/** Printable ASCII, because the subject is written to the log. */
const SUBJECT = new RegExp(`^[\\x20-\\x7e]{1,${MAX_LENGTH}}$`);

export function createSubjectReader({ header, callers }: SubjectOptions): SubjectReader {
  const trusted = new Set(callers);
  return (caller, { headersDistinct }) => {
    const values = trusted.has(caller.name) ? headersDistinct[header.toLowerCase()] : undefined;
    if (!values) return caller;
    const [subject = "", ...others] = values;
    // With two headers, one may be that of a client, which the gateway has passed on.
    if (others.length > 0 || !SUBJECT.test(subject)) {
      const isOfLength = subject.length > 0 && subject.length <= MAX_LENGTH;
      const received = others.length > 0 ? `${values.length} headers` : isOfLength ? "other characters" : `${subject.length} characters`;
      throw new HttpError(400, "BAD_REQUEST", `There must be at most one header ${header}, with 1 to ${MAX_LENGTH} printable ASCII characters; received ${received}.`);
    }
    return { ...caller, subject };
  };
}
