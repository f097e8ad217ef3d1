import { randomUUID } from "node:crypto";
import { goTime, microsecondsNow } from "../go/go-time.js";
import { uuidOrNone } from "../go/go-uuid.js";
import { badRequest, KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, redirect, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import { csrfCookie, csrfToken } from "./csrf-cookie.js";
import { containError } from "./error-containers.js";
import type { Flow, FlowKind } from "./flow.js";
import { flowJson } from "./flow-json.js";
import { sessionIdentity } from "./session.js";

const uiUrl = "http://127.0.0.1:4455";

/** Begins a flow for an API client, which gets it, or for a browser, which is sent to the page that shows it. */
export function beginFlow(state: KratosState, kind: FlowKind, type: Flow["type"], request: KratosRequest): Reply {
  const wantsJson = type === "api" || (state.era.browsersMayWantJson && request.headers.accept === "application/json");
  const csrf = type === "browser" ? csrfCookie(state, request) : { cookie: "", headers: {} };
  if (kind === "verification" && !state.verificationEnabled) {
    return refused(state, request, verificationDisabled(), wantsJson && state.era.disabledRedirect === "browsers", csrf.headers);
  }
  const returnTo = request.query.get("return_to");
  if (returnTo && kind !== "settings" && state.era.checksReturnTo) {
    // A browser's verification is the one that shows it no error page.
    return refused(state, request, returnForbidden(returnTo), wantsJson || kind === "verification", csrf.headers);
  }
  const identity = kind === "settings" ? sessionIdentity(state, request) : undefined;
  if (kind === "settings" && !identity) {
    if (wantsJson) throw state.era.noSession();
    return redirect(request.method, state.era.browserRedirect, state.era.loginUrl(uiUrl, state.publicUrl), csrf.headers);
  }
  const flow = newFlow(state, kind, type, request, csrf.cookie, identity?.id);
  return wantsJson
    ? json(flowJson(state, flow), 200, csrf.headers)
    : redirect(request.method, state.era.browserRedirect, `${uiUrl}/${kind}?flow=${flow.id}`, csrf.headers);
}

/** A new flow, kept. */
export function newFlow(
  state: KratosState,
  kind: FlowKind,
  type: Flow["type"],
  request: KratosRequest,
  cookie = "",
  identityId?: string,
): Flow {
  const issuedAt = Date.now();
  const expiresAt = issuedAt + state.flowLifespanMs;
  const flow: Flow = {
    id: randomUUID(),
    kind,
    type,
    issuedAt,
    expiresAt,
    requestUrl: state.publicUrl + request.path + request.search,
    csrf: { cookie, token: type === "browser" ? csrfToken() : "" },
    ...(identityId === undefined ? {} : { identityId }),
    refresh: request.query.get("refresh") === "true",
    stamps: { issued: goTime(issuedAt, "nanoseconds"), expires: goTime(expiresAt, "nanoseconds"), created: microsecondsNow() },
  };
  state.flows.set(flow.id, flow);
  return flow;
}

const verificationDisabled = (): KratosError => badRequest("Verification is not allowed because it was disabled.");

const returnForbidden = (returnTo: string): KratosError =>
  new KratosError(400, {
    id: "self_service_flow_return_to_forbidden",
    reason: `Requested return_to URL "${new URL(returnTo, uiUrl).href}" is not allowed.`,
  });

/** Answers with an error, or keeps it and sends its reader to the page that shows it. */
function refused(
  state: KratosState,
  request: KratosRequest,
  error: KratosError,
  directly: boolean,
  headers: Record<string, string> = {},
): Reply {
  if (directly) return { ...error.toReply(), headers: { ...error.toReply().headers, ...headers } };
  const location = `${uiUrl}/error?${state.era.errorParameter}=${containError(state, error)}`;
  return redirect(request.method, state.era.browserRedirect, location, headers);
}

/** Reads any flow but settings. */
export function readFlow(state: KratosState, kind: FlowKind, request: KratosRequest): Reply {
  if (kind === "verification" && !state.verificationEnabled) {
    return refused(state, request, verificationDisabled(), state.era.disabledRedirect === "browsers");
  }
  const flow = findFlow(state, kind, request);
  if (!flow) return state.era.unknownFlow(kind);
  state.era.checkReader(flow, csrfCookie(state, request).cookie, request);
  return current(state, flow);
}

/** Reads somebody's settings: that somebody's only, except on v0.6.3's admin port, which asks nobody. */
export function readSettings(state: KratosState, request: KratosRequest): Reply {
  const reader = sessionIdentity(state, request);
  const flow = findFlow(state, "settings", request);
  if (request.port === "public") {
    if (!reader) throw new KratosError(401, { reason: "A valid Ory Session Cookie or Ory Session Token is missing." });
    if (!flow) throw state.era.unknownSettings();
    if (flow.identityId !== reader.id) throw state.era.foreignSettings();
  }
  return flow ? current(state, flow) : state.era.unknownFlow("settings");
}

function findFlow(state: KratosState, kind: FlowKind, request: KratosRequest): Flow | undefined {
  const flow = state.flows.get(uuidOrNone(request.query.get("id") ?? ""));
  const orphaned = flow?.identityId !== undefined && !state.identities.find(flow.identityId);
  return flow?.kind === kind && !orphaned ? flow : undefined;
}

function current(state: KratosState, flow: Flow): Reply {
  if (flow.expiresAt >= Date.now()) return json(flowJson(state, flow));
  const { kind, type } = flow;
  const init = `${state.publicUrl}/self-service/${kind}/${type}`;
  const reason =
    type === "browser"
      ? `The ${kind} flow has expired. Redirect the user to the ${kind} flow init endpoint to initialize a new ${kind} flow.`
      : `The ${kind} flow has expired. Call the ${kind} flow init API endpoint to initialize a new ${kind} flow.`;
  throw state.era.expired(flow, {
    reason,
    details: type === "browser" ? { redirect_to: init, ...state.era.expiredDetails } : { api: init },
    message: "The requested resource is no longer available because it has expired or is otherwise invalid.",
  });
}
