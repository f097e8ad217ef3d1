import { isHTTPError } from "ky";
import {
  KratosConflictError,
  KratosDisabledError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosNotFoundError,
  KratosOverloadedError,
  KratosUnavailableError,
  KratosUnexpectedResponseError,
  KratosUnreadableResponseError,
  KratosVersionMismatchError,
  type ChangeOutcome,
  type FlowReplacement,
  type KratosError,
} from "./errors.js";
import { DeadlineError, MemoryError, NetworkError, type ConnectionKind } from "./fetch.js";
import { getNetworkDetail, getTlsAdvice } from "./network-advice.js";
import { QueueFullError } from "./request-queue.js";
import { ResponseFormatError, toErrorBody } from "./response.js";
import { getRetryAfterS, TEMPORARY_STATUSES } from "./retry.js";
import { isUuid, type WireErrorBody } from "./types.js";
import { getValidationIssues, InvalidBodyError } from "./validation.js";

/**
 * The error that a failed request means. This is the only place where ky's errors, and those of the layers below it, become
 * errors of the adapter.
 * @param isChange whether the request was sent to change something
 * @param connection how the port is connected
 * @param status status of the response, if there is a response
 * @returns what was thrown, if it is an error of the adapter already, or a programming error
 */
export async function toKratosError(
  operation: string,
  error: unknown,
  isChange: boolean,
  connection: ConnectionKind,
  status = 0,
): Promise<unknown> {
  if (isHTTPError(error)) return getResponseError(operation, error.response, isChange);
  if (error instanceof InvalidBodyError) return new KratosInvalidError(operation, error.issues);
  if (error instanceof QueueFullError) {
    const message = `Too many requests to Kratos are running: ${operation} was not sent, and nothing was changed. Try again later.`;
    return new KratosOverloadedError(operation, message, { cause: error, detail: error.message });
  }

  if (error instanceof ResponseFormatError) return new KratosUnexpectedResponseError(operation, status, { detail: error.message, ...unknown(isChange) });
  if (error instanceof SyntaxError) return new KratosUnexpectedResponseError(operation, status, { detail: "not JSON", ...unknown(isChange) });
  if (error instanceof MemoryError) {
    const message = `There is not enough memory for the response of Kratos to ${operation}. Try again later, or request fewer objects.${describeChange(isChange, true)}`;
    return new KratosOverloadedError(operation, message, { cause: error, detail: error.message, ...unknown(isChange) });
  }
  if (!(error instanceof NetworkError || error instanceof DeadlineError)) return error;

  const options = { cause: error, detail: getNetworkDetail(error, connection), ...unknown(isChange && error.wasSent) } as const;
  const suffix = describeChange(isChange, error.wasSent);
  if (error instanceof DeadlineError) return new KratosUnavailableError(operation, `Kratos did not respond to ${operation} in time.${suffix}`, options);
  if (error.isUnreadable) return new KratosUnreadableResponseError(operation, `The response of Kratos to ${operation} cannot be read.${suffix}`, options);
  return new KratosUnavailableError(operation, `Kratos could not be reached for ${operation}.${suffix}`, options);
}

async function getResponseError(operation: string, response: Response, isChange: boolean): Promise<KratosError> {
  const { status, headers } = response;
  if (status < 400) return new KratosVersionMismatchError(operation, status, headers.get("location") ?? "", refused(isChange));
  const isJson = headers.get("content-type")?.includes("json");
  const advice = status === 400 && !isJson ? getTlsAdvice(await response.text().catch(() => "")) : undefined;
  if (advice) return new KratosUnavailableError(operation, `Kratos could not be reached for ${operation}.`, { detail: advice, ...refused(isChange) });
  const body = isJson ? await readErrorBody(response) : undefined;
  return toResponseError(operation, status, body, isChange, getRetryAfterS(response));
}

/** What to add to a message. */
function describeChange(isChange: boolean, wasSent: boolean): string {
  if (!isChange) return "";
  return wasSent ? " It is unknown whether the change was made." : " Nothing was changed.";
}

/** @param isSentChange whether a change was sent, of which no response says whether it was made */
function unknown(isSentChange: boolean): { readonly outcome: ChangeOutcome } {
  return { outcome: isSentChange ? "UNKNOWN" : "NOT_SENT" };
}

function refused(isChange: boolean): { readonly outcome: ChangeOutcome } {
  return { outcome: isChange ? "REFUSED" : "NOT_SENT" };
}

/** Undefined if the body is not an error, or there is not enough memory for it. */
async function readErrorBody(response: Response): Promise<WireErrorBody | undefined> {
  try {
    return toErrorBody((JSON.parse(await response.text()) as { error?: unknown } | null)?.error);
  } catch {
    return undefined;
  }
}

/** How Kratos' sentences for what its configuration disables begin. Elsewhere in a text they would be a caller's words. */
const DISABLED = /^(?:(Login|Registration|Recovery|Verification|Settings) is not allowed because it|This endpoint) was disabled\b/;

/** How the reasons of v0.6.3 begin, which has no IDs, and the IDs that later versions give them. */
const SENTENCE_IDS = [
  ["The login session is too old", "session_refresh_required"],
  ["This endpoint can only be accessed with a valid session", "session_inactive"],
] as const;

/**
 * The error that a status and an error body of Kratos mean. The `code` in the body is ignored, as it often differs.
 * @param body what is under `error`. Undefined if the response is not of Kratos' form
 * @param retryAfterS seconds after which to try again, if the response says so
 */
export function toResponseError(
  operation: string,
  status: number,
  body: WireErrorBody | undefined,
  isChange: boolean,
  retryAfterS?: number,
): KratosError {
  const reason = body?.reason ?? "";
  const options = refused(isChange);
  const disabled = DISABLED.exec(reason);
  if (disabled) {
    const [, subject = "This"] = disabled;
    return new KratosDisabledError(operation, `${subject} is not allowed because it was disabled in the Kratos configuration.`, options);
  }
  if (TEMPORARY_STATUSES.includes(status)) {
    const { outcome } = status === 429 ? options : unknown(isChange);
    const message = `Kratos is temporarily unavailable for ${operation} (status ${status}).`;
    return new KratosUnavailableError(operation, message, { detail: getErrorDetail(body), outcome, retryAfterS });
  }
  switch (status) {
    case 400:
      return new KratosInvalidError(operation, getValidationIssues(body), options);
    case 401:
      if (body) return new KratosForbiddenError(operation, "session_inactive", options);
      return new KratosForbiddenError(operation, undefined, { ...options, detail: "status 401 without an error body: something in front of Kratos requires authentication" });
    case 403:
      return new KratosForbiddenError(operation, body?.id ?? SENTENCE_IDS.find(([sentence]) => reason.startsWith(sentence))?.[1], options);
    case 404:
      // A missing resource has an error body. A path that this version does not have is answered in plain text.
      if (body) return new KratosNotFoundError(operation, options);
      return new KratosVersionMismatchError(operation, status, "", options);
    case 405:
      return new KratosVersionMismatchError(operation, status, "", options);
    case 409:
      return new KratosConflictError(operation, options);
    case 410:
      return new KratosFlowExpiredError(operation, getFlowReplacement(body));
    default:
      return new KratosUnexpectedResponseError(operation, status, { detail: getErrorDetail(body), ...unknown(isChange) });
  }
}

/** E.g. `security_csrf_violation`. */
const ERROR_ID = /^[a-z0-9]+(_[a-z0-9]+)+$/;

/** What the error is found by in Kratos' own log. Kratos' text for it may contain personal data, so it stays there. */
function getErrorDetail(body: WireErrorBody | undefined): string {
  if (!body) return "no error body";
  const { id, code, request } = body;
  const parts = [
    code !== undefined && `code ${code}`,
    ERROR_ID.test(String(id)) && `error ${id}`,
    isUuid(String(request)) && `request ${request}`,
  ];
  return parts.filter(Boolean).join(", ") || "an error body without code and ID";
}

const NEW_FLOW = /\/self-service\/[a-z]+\/(api|browser)$/;

/** Kratos gives the URL that starts a new flow. Its host is not for callers to see. */
function getFlowReplacement(body: WireErrorBody | undefined): FlowReplacement {
  const { api, redirect_to, use_flow_id } = { ...body, ...body?.details } as Record<string, unknown>;
  const address = api ?? redirect_to;
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  return {
    ...(url && NEW_FLOW.test(url.pathname) && { newFlowPath: url.pathname + url.search }),
    ...(typeof use_flow_id === "string" && isUuid(use_flow_id) && { useFlowId: use_flow_id }),
  };
}
