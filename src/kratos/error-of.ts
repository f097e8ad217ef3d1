import { KratosConflictError } from "./errors/conflict-error.js";
import { KratosDisabledError } from "./errors/disabled-error.js";
import { KratosFlowExpiredError, type WayOn } from "./errors/flow-expired-error.js";
import { KratosForbiddenError } from "./errors/forbidden-error.js";
import { KratosInvalidError } from "./errors/invalid-error.js";
import type { KratosError } from "./errors/kratos-error.js";
import { KratosMisdirectedError } from "./errors/misdirected-error.js";
import { KratosNotFoundError } from "./errors/not-found-error.js";
import { KratosUnavailableError } from "./errors/unavailable-error.js";
import { KratosUnexpectedAnswerError } from "./errors/unexpected-answer-error.js";
import { faultsIn } from "./faults.js";
import { isUuid } from "./uuid.js";
import type { WireErrorBody } from "./wire.js";

/** Kratos' two sentences for what its configuration switches off; in a validation's text they would be a caller's words. */
const DISABLED = /^[^[]*(is not allowed because it|endpoint) was disabled/;

/** As `security_csrf_violation`. */
const ERROR_ID = /^[a-z0-9]+(_[a-z0-9]+)+$/;
const NEW_FLOW = /\/self-service\/[a-z]+\/(api|browser)$/;

/**
 * The error that a status and an error body of Kratos mean. The `code` in the body is not looked at: it is often another.
 * @param body what is under `error`; undefined where the answer was not in Kratos' form
 * @param retryAfterS the seconds after which to come back, where the answer says so
 */
export function errorOf(operation: string, status: number, body: WireErrorBody | undefined, retryAfterS?: number): KratosError {
  const reason = body?.reason ?? "";
  if (DISABLED.test(reason)) {
    const [subject = "This"] = /^(Login|Registration|Recovery|Verification|Settings)\b/.exec(reason) ?? [];
    return new KratosDisabledError(operation, `${subject} is not allowed because it was disabled in Kratos' configuration.`);
  }
  switch (status) {
    case 400:
      return new KratosInvalidError(operation, faultsIn(body));
    case 401:
    case 403:
      return new KratosForbiddenError(operation, `Kratos refuses ${operation} to this caller.`);
    case 404:
      // A missing thing has a body; a path that this release does not have is plain text.
      return body ? new KratosNotFoundError(operation) : new KratosMisdirectedError(operation, status, "");
    case 409:
      // v0.6.3 names the database's constraint, newer releases nothing.
      return new KratosConflictError(operation, "Another identity has one of these identifiers or addresses already.");
    case 410:
      return new KratosFlowExpiredError(operation, "The flow has expired.", wayOnIn(body));
    case 429:
    case 502:
    case 503:
    case 504:
      return new KratosUnavailableError(operation, `Kratos cannot answer ${operation} now (status ${status}).`, { detail: detailOf(body), retryAfterS });
    default:
      return new KratosUnexpectedAnswerError(operation, status, detailOf(body));
  }
}

/** What the error is found by in Kratos' own log. Kratos' words for it may hold a user's data, so they stay there. */
function detailOf(body: WireErrorBody | undefined): string {
  if (!body) return "no error body";
  const { id, code, request } = body;
  const known = [
    Number.isInteger(code) && `code ${code}`,
    ERROR_ID.test(String(id)) && `error ${id}`,
    isUuid(String(request)) && `request ${request}`,
  ];
  return known.filter(Boolean).join(", ") || "an error body without code and id";
}

/** Kratos gives the address that starts a new flow; its host is the operator's business. */
function wayOnIn(body: WireErrorBody | undefined): WayOn {
  const { api, redirect_to, use_flow_id } = { ...body, ...(body?.details as Record<string, unknown> | undefined) } as Record<string, unknown>;
  const address = api ?? redirect_to;
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  return {
    ...(url && NEW_FLOW.test(url.pathname) && { newFlowPath: url.pathname + url.search }),
    ...(typeof use_flow_id === "string" && isUuid(use_flow_id) && { useFlowId: use_flow_id }),
  };
}
