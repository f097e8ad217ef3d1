/* Kratos' public API, which the page's own server forwards. Passwords and codes go there, and never to the GraphQL server. */

/** What Kratos tells the user. It has a number by which it can be translated. */
export interface KratosMessage {
  readonly id: number;
  readonly text: string;
  readonly type: "error" | "info" | "success";
}

/** A part of a form of Kratos. An input has attributes of HTML. */
export interface FlowNode {
  readonly type: string;
  /** The way to sign in that it belongs to, or `default`. */
  readonly group: string;
  readonly attributes: {
    readonly name: string;
    readonly type: string;
    readonly value?: string | number | boolean;
    readonly required?: boolean;
    readonly autocomplete?: string;
  };
  readonly messages: readonly KratosMessage[];
  readonly meta: { readonly label?: KratosMessage };
}

/** A login flow: a form of Kratos and its state. */
export interface LoginFlow {
  readonly id: string;
  readonly ui: { readonly nodes: readonly FlowNode[]; readonly messages?: readonly KratosMessage[] };
}

/** What Kratos answers in a login flow. */
export type LoginStep =
  | { readonly is: "form"; readonly flow: LoginFlow }
  | { readonly is: "signed in" }
  /** The user continues elsewhere, e.g. at an OpenID Connect provider. */
  | { readonly is: "elsewhere"; readonly url: string }
  /** The form can no longer be sent. */
  | { readonly is: "expired" }
  | { readonly is: "failed"; readonly reason: string };

/** The start of a login flow. A path that the GraphQL server names in `newFlowPath` starts one, too. */
export const LOGIN_PATH = "/self-service/login/browser";

/** The address at which the page's server forwards a path of Kratos' public API. */
export function kratosUrl(path: string): string {
  return `/kratos${path}`;
}

/** Starts a login flow. */
export function startLogin(path: string): Promise<LoginStep> {
  return send(path);
}

/** Loads the login flow for which Kratos has opened this page. */
export function loadLogin(flowId: string): Promise<LoginStep> {
  return send(`/self-service/login/flows?id=${encodeURIComponent(flowId)}`);
}

/** Sends the form of a login flow. */
export function submitLogin({ id }: LoginFlow, form: FormData): Promise<LoginStep> {
  const body = JSON.stringify(Object.fromEntries(form));
  return send(`/self-service/login?flow=${encodeURIComponent(id)}`, { method: "POST", headers: { "content-type": "application/json" }, body });
}

/** Ends the session of this browser. @throws {Error} if Kratos cannot be reached */
export async function logOut(): Promise<void> {
  const prepared = await request("/self-service/logout/browser");
  // There is no session any more.
  if (prepared.status === 401) return;
  const { logout_token: token } = (await prepared.json()) as { logout_token: string };
  const done = await request(`/self-service/logout?token=${encodeURIComponent(token)}`);
  if (!done.ok) throw new Error(`Kratos has answered with status ${done.status}.`);
}

interface Answer {
  readonly error?: { readonly id?: string; readonly reason?: string };
  readonly redirect_browser_to?: string;
  readonly session?: object;
}

async function send(path: string, init?: RequestInit): Promise<LoginStep> {
  try {
    const response = await request(path, init);
    return stepOf(response.status, (await response.json()) as Answer | LoginFlow);
  } catch {
    // There is no connection, or what has answered is not Kratos.
    return UNAVAILABLE;
  }
}

const UNAVAILABLE: LoginStep = { is: "failed", reason: "Kratos cannot be reached at the moment. Try again in a minute." };

function stepOf(status: number, answer: Answer | LoginFlow): LoginStep {
  if ("ui" in answer) return { is: "form", flow: answer };
  const { error, session, redirect_browser_to: url } = answer;
  if (session || error?.id === "session_already_available") return { is: "signed in" };
  if (error?.id === "browser_location_change_required" && url) return { is: "elsewhere", url };
  // Another tab can have started a flow with new cookies.
  if (status === 404 || status === 410 || error?.id === "security_csrf_violation") return { is: "expired" };
  // E.g. the account is disabled.
  return status < 500 && error?.reason ? { is: "failed", reason: error.reason } : UNAVAILABLE;
}

/** Without this type, Kratos redirects the browser to its pages. */
function request(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
  return fetch(kratosUrl(path), { ...init, headers: { accept: "application/json", ...headers } });
}
