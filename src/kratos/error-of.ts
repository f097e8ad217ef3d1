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
import { publicText } from "./public-text.js";
import type { WireErrorBody } from "./wire.js";

/** Kratos' two sentences for what its configuration switches off; in a validation's text they would be a caller's words. */
const DISABLED = /^[^[]*(is not allowed because it|endpoint) was disabled/;

/**
 * The error that a status and an error body of Kratos mean. The `code` in the body is not looked at: it is often another.
 * @param body what is under `error`; undefined where the answer was not in Kratos' form
 */
export function errorOf(operation: string, status: number, body: WireErrorBody | undefined): KratosError {
  const reason = publicText(body?.reason);
  if (DISABLED.test(body?.reason ?? "")) {
    return new KratosDisabledError(operation, reason ?? "Kratos' configuration switches this off.");
  }
  switch (status) {
    case 400:
      return new KratosInvalidError(operation, faultsIn(body));
    case 401:
    case 403:
      return new KratosForbiddenError(operation, reason ?? `Kratos refuses ${operation} to this caller.`);
    case 404:
      // A missing thing has a body; a path that this release does not have is plain text.
      return body ? new KratosNotFoundError(operation) : new KratosMisdirectedError(operation, status, "");
    case 409:
      // v0.6.3 names the database's constraint, newer releases nothing.
      return new KratosConflictError(operation, "Another identity has one of these identifiers or addresses already.");
    case 410:
      return new KratosFlowExpiredError(operation, reason ?? "The flow has expired.", wayOnIn(body));
    case 429:
    case 502:
    case 503:
    case 504:
      return new KratosUnavailableError(operation, `Kratos cannot answer ${operation} now (status ${status}).`, { detail: detailOf(body) });
    default:
      return new KratosUnexpectedAnswerError(operation, status, detailOf(body));
  }
}

function detailOf(body: WireErrorBody | undefined): string {
  return body ? [body.message, body.reason].filter(Boolean).join(": ") : "no error body";
}

/** Kratos gives the address that starts a new flow; its host is the operator's business. */
function wayOnIn(body: WireErrorBody | undefined): WayOn {
  const { api, redirect_to, use_flow_id } = { ...body, ...(body?.details as Record<string, unknown> | undefined) } as Record<string, unknown>;
  const address = api ?? redirect_to;
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  return {
    ...(url && { newFlowPath: url.pathname + url.search }),
    ...(typeof use_flow_id === "string" && { useFlowId: use_flow_id }),
  };
}
