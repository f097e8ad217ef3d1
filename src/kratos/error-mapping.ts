import {
  type FlowReplacement,
  KratosConflictError,
  KratosDisabledError,
  type KratosError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosNotFoundError,
  KratosUnavailableError,
  KratosUnexpectedResponseError,
  KratosVersionMismatchError,
} from "./errors.js";
import { isUuid } from "./identities/get.js";
import type { WireErrorBody } from "./types.js";
import { issuesIn } from "./validation.js";

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
      return new KratosInvalidError(operation, issuesIn(body));
    case 401:
    case 403:
      return new KratosForbiddenError(operation, `Kratos refuses ${operation} to this caller.`);
    case 404:
      // A missing thing has a body; a path that this release does not have is plain text.
      return body ? new KratosNotFoundError(operation) : new KratosVersionMismatchError(operation, status, "");
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
      return new KratosUnexpectedResponseError(operation, status, detailOf(body));
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
function wayOnIn(body: WireErrorBody | undefined): FlowReplacement {
  const { api, redirect_to, use_flow_id } = { ...body, ...(body?.details as Record<string, unknown> | undefined) } as Record<string, unknown>;
  const address = api ?? redirect_to;
  const url = typeof address === "string" && URL.canParse(address) ? new URL(address) : undefined;
  return {
    ...(url && NEW_FLOW.test(url.pathname) && { newFlowPath: url.pathname + url.search }),
    ...(typeof use_flow_id === "string" && isUuid(use_flow_id) && { useFlowId: use_flow_id }),
  };
}

/** What an operator does about a connection that TLS forbids, by the code that Node or OpenSSL gives it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT)$/,
    "Kratos' certificate is of an authority that is not known here: set KRATOS_CA_FILE to that authority's certificate",
  ],
  [/^CERT_HAS_EXPIRED$/, "Kratos' certificate, or its authority's, is over: renew it"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "Kratos' certificate is for another host: use one of its names in KRATOS_ADMIN_URL and KRATOS_PUBLIC_URL"],
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/, "Kratos asks for a client certificate: set KRATOS_CLIENT_CERT_FILE and KRATOS_CLIENT_KEY_FILE"],
  [/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE)|DECRYPT_ERROR/, "Kratos does not accept the certificate in KRATOS_CLIENT_CERT_FILE"],
  [/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/, "what answers there does not speak TLS: the address may have to begin with http://"],
];

/** What the network did, for the operator's log; with what to do where that is known. */
export function networkDetail(error: unknown): string {
  const { name, message, code = "" } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  const advice = ADVICE.find(([pattern]) => pattern.test(code))?.[1];
  return `${name}: ${message}${advice ? `; ${advice}` : ""}`;
}
