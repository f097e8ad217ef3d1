import { isHTTPError } from "ky";
import type { KratosApi } from "./api.js";
import type { CallOptions } from "./client.js";
import { KratosConflictError, KratosDisabledError, KratosInvalidError, KratosSessionInvalidError, KratosSignInRequiredError, KratosVersionMismatchError, type KratosError, type ValidationIssue } from "./errors.js";
import { FLOWS, getErrorBehind } from "./flows.js";
import { mergeJson } from "./identities/change.js";
import { expectIdentity } from "./identities/get.js";
import { expectJson } from "./response.js";
import type { WireIdentity, WireSettingsFlow, WireUiNode, WireUiText } from "./types.js";
import { asUser, type SessionCookie, type SessionCredential } from "./session-credential.js";
import { splitByProperty, toPublicText } from "./validation.js";

/** A user's identity after a change of its traits. */
export interface UpdatedTraits {
  readonly identity: WireIdentity;
  /** The `Set-Cookie` header by which Kratos reissues the session cookie. Undefined for apps, and if it does not. */
  readonly setCookie?: string;
}

/** A settings flow, and how its form is sent. */
interface StartedFlow {
  readonly flow: WireSettingsFlow;
  /** Of a browser's flow: the user's cookie with that of the CSRF token. */
  readonly credential: SessionCredential;
  readonly csrfToken?: unknown;
}

const SUBMIT = "updateSettingsFlow";
const PROFILE_DISABLED = "Users cannot change their traits, because the method `profile` is disabled in the Kratos configuration (`selfservice.methods.profile.enabled`).";

/**
 * Merges traits into those of a user, by a settings flow: unlike the admin API, it asks for a recent sign-in if an identifier
 * changes, and runs the operator's hooks.
 */
export async function updateTraits(api: KratosApi, credential: SessionCredential, merge: object, options: CallOptions): Promise<UpdatedTraits> {
  const started = await (credential.kind === "token" ? startApiFlow(api, credential, options) : startBrowserFlow(api, credential, options));
  return submit(api, started, merge, options);
}

async function startApiFlow(api: KratosApi, credential: SessionCredential, options: CallOptions): Promise<StartedFlow> {
  const json = await asUser(api, "createNativeSettingsFlow", credential, (ory) => ory.get("self-service/settings/api").json(), options);
  return { flow: expectJson<WireSettingsFlow>(json, FLOWS.settings), credential };
}

/** Only the session cookie is sent, so Kratos sets a CSRF cookie for this flow. The browser never sees it. */
async function startBrowserFlow(api: KratosApi, credential: SessionCookie, options: CallOptions): Promise<StartedFlow> {
  const operation = "createBrowserSettingsFlow";
  const received = await asUser(api, operation, credential, (ory) => receive(ory.get("self-service/settings/browser")), options);
  const [csrfCookie = ""] = received.setCookies.filter((cookie) => /^[^=]*csrf_token/.test(cookie)).map((cookie) => cookie.replace(/;.*/s, ""));
  const withCsrf = { ...credential, cookie: `${credential.cookie}; ${csrfCookie}` };
  const flow = received.location === undefined ? received.json : await getFlow(api, operation, withCsrf, received.location, options);
  const started = expectJson<WireSettingsFlow>(flow, FLOWS.settings);
  const { value: csrfToken } = started.ui.nodes.map(getAttributes).find(({ name }) => name === "csrf_token") ?? {};
  return { flow: started, credential: withCsrf, csrfToken };
}

async function submit(api: KratosApi, { flow, credential, csrfToken }: StartedFlow, merge: object, options: CallOptions): Promise<UpdatedTraits> {
  // The method replaces all traits. Without an Origin header: Kratos rejects an app's form that has one.
  const json = { method: "profile", traits: mergeJson(flow.identity.traits, merge), csrf_token: csrfToken };
  const path = "self-service/settings";
  const send = asUser(api, SUBMIT, credential, (ory) => receive(ory.post(path, { searchParams: { flow: flow.id }, json })), options);
  const received = await send.catch((error: unknown) => {
    throw error instanceof KratosDisabledError ? new KratosDisabledError(SUBMIT, PROFILE_DISABLED, { outcome: error.outcome }) : error;
  });
  if (received.status !== 200) {
    const rejected = received.location === undefined ? received.json : await getFlow(api, SUBMIT, credential, received.location, options);
    throw toError(expectJson<WireSettingsFlow>(rejected, FLOWS.settings));
  }
  // v0.6.3 answers a browser with the identity alone.
  const { identity = received.json } = received.json as { readonly identity?: unknown };
  const setCookie = credential.kind === "cookie" ? received.setCookies.find((cookie) => cookie.startsWith(`${credential.name}=`)) : undefined;
  return { identity: expectIdentity(identity), setCookie };
}

interface Received {
  readonly status: number;
  /** Of a flow, or of the result. Undefined for a redirect. */
  readonly json?: unknown;
  /** Where v0.6.3 redirects a browser, whatever it accepts. */
  readonly location?: string;
  readonly setCookies: readonly string[];
}

/** Receives a response, also a redirect, or a form that was rejected: to ky, both are errors. */
async function receive(request: Promise<Response>): Promise<Received> {
  const result = await request.catch((error: unknown) => {
    if (isHTTPError(error)) return error;
    throw error;
  });
  const response = isHTTPError(result) ? result.response : result;
  const { status, headers } = response;
  const setCookies = headers.getSetCookie();
  if (status === 302 || status === 303) return { status, location: headers.get("location") ?? "", setCookies };
  const isJson = headers.get("content-type")?.includes("json");
  const json: unknown = isJson ? JSON.parse(await response.text()) : undefined;
  if (isHTTPError(result) && !(status === 400 && typeof json === "object" && json !== null && "ui" in json)) throw result;
  return { status, json, setCookies };
}

/** Gets the flow that v0.6.3 redirects a browser to, or fails with what it redirects to instead. */
async function getFlow(api: KratosApi, operation: string, credential: SessionCredential, location: string, options: CallOptions): Promise<unknown> {
  const redirect = new KratosVersionMismatchError(operation, 302, location);
  if (api.version.features.publicPort) throw redirect;
  const { pathname, searchParams } = URL.canParse(location) ? new URL(location) : new URL("http://unknown");
  const outcome = operation === SUBMIT ? "REFUSED" : "NOT_SENT";
  if (pathname.endsWith("/self-service/login/browser")) throw new KratosSignInRequiredError(operation, "session_refresh_required", "browser", { outcome });
  if (searchParams.has("error")) throw await getErrorBehind(api, redirect, operation === SUBMIT);
  const id = searchParams.get("flow");
  if (!id) throw new KratosSessionInvalidError(operation, { outcome });
  return asUser(api, "getSettingsFlow", credential, (ory) => ory.get("self-service/settings/flows", { searchParams: { id } }).json(), options);
}

/** ID of the message that another identity has one of the identifiers. */
const CONFLICT = 4000007;

/** ID of a message that every settings flow of later versions has if the user has no other way to sign in. It says nothing of the traits. */
const NO_OTHER_IDENTIFIERS = 4000009;

/** The error that the messages of a rejected form mean. */
function toError({ ui: { nodes, messages = [] } }: WireSettingsFlow): KratosError {
  const options = { outcome: "REFUSED" } as const;
  if (messages.some(({ id }) => id === CONFLICT)) return new KratosConflictError(SUBMIT, options);
  const ofNodes = nodes.flatMap((node) => toIssues(toPath(String(getAttributes(node).name)), node.messages));
  const issues = ofNodes.length > 0 ? ofNodes : toIssues(["traits"], messages.filter(({ id }) => id !== NO_OTHER_IDENTIFIERS));
  return new KratosInvalidError(SUBMIT, issues.length > 0 ? issues : [{ path: ["traits"], message: REJECTED }], options);
}

const REJECTED = "Kratos does not accept these traits.";

function toIssues(path: readonly string[], messages: readonly WireUiText[] | null): ValidationIssue[] {
  const errors = (messages ?? []).filter(({ type }) => type === "error");
  return errors.flatMap(({ text }) => splitByProperty({ path, message: toPublicText(text) ?? REJECTED }));
}

/** The path that the name of an input stands for: `traits.name.first`, in which a dot of a key is escaped. */
function toPath(name: string): string[] {
  return (name.match(/(?:[^.\\]|\\.)+/gs) ?? []).map((key) => key.replaceAll(/\\(.)/gs, "$1"));
}

function getAttributes({ attributes }: WireUiNode): { readonly name?: unknown; readonly value?: unknown } {
  return attributes;
}
