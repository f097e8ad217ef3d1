import { toSessionCookie, type Authentication } from "../../src/fake-kratos/authentication.js";
import { KratosError } from "../../src/fake-kratos/errors.js";
import { startForBrowser, UI_URL, type Flow, type Flows } from "../../src/fake-kratos/flows.js";
import { addMessages } from "../../src/fake-kratos/form.js";
import type { Identities } from "../../src/fake-kratos/identities.js";
import type { Login } from "../../src/fake-kratos/login.js";
import { FOREIGN_FLOW, type Settings } from "../../src/fake-kratos/settings.js";
import { toErrorResponse, type Handler, type KratosRequest, type KratosResponse, type Routes } from "../../src/fake-kratos/server.js";
import type { Shown } from "./sign-ups.js";

const NO_COOKIE = new KratosError(401, { reason: "No valid session cookie found." });
const NO_SESSION = new KratosError(403, {
  reason: "This endpoint can only be accessed with a valid session. Please log in and try again.",
  debug: "rid=\nerror=request does not have a valid authentication session\nreason=No active session was found in this request.",
});
const FOREIGN_FLOW_TEXT = "You must restart the flow because the resumable session was initiated by another person.";

/** What v0.6.3 serves to users. It redirects browsers from everything but a success. */
export function v06UserRoutes(identities: Identities, flows: Flows, authentication: Authentication, login: Login, settings: Settings, show: Shown): Routes {
  const showFlow = ({ json, ownerId = "" }: Flow): object => ({ ...json, identity: show.identity(identities.get(ownerId)) });
  const toPage = ({ kind, json }: Flow): KratosResponse => flows.redirect(`${UI_URL}/${kind}?flow=${json.id}`);
  /** Answers an app with JSON, and a browser with a redirect to the form. */
  const refuse = (flow: Flow, json: object): KratosResponse => (flow.json.type === "api" ? { status: 400, json } : toPage(flow));
  const find = (kind: string, request: KratosRequest): Flow => flows.getSubmitted(kind, request, new KratosError(404));
  const submit = (kind: string, handler: Handler): Handler => (request) => {
    try {
      return handler(request);
    } catch (error) {
      if (!(error instanceof KratosError) || [400, 401, 404].includes(error.code)) throw error;
      const flow = find(kind, request);
      if (error === FOREIGN_FLOW) {
        const refused = flows.update(flow, addMessages(flow.blank, [{ id: 4000001, text: FOREIGN_FLOW_TEXT, type: "error" }]));
        return refuse(refused, showFlow(refused));
      }
      const { id: _, ...fields } = error.fields;
      const { headers, json } = error.extra;
      if (flow.json.type === "api") return { ...toErrorResponse(new KratosError(error.code, fields)), headers };
      const login = (json as { redirect_browser_to?: string } | undefined)?.redirect_browser_to;
      return login === undefined ? flows.redirectToError(error) : flows.redirect(login, headers);
    }
  };
  return {
    "GET /sessions/whoami": (request) => {
      // Sets a cookie even for an app, and even if there is no session.
      const { headers } = flows.csrfCookie(request);
      const session = authentication.find(request);
      if (!session) return { ...toErrorResponse(NO_COOKIE), headers };
      return { json: show.session(session, identities), headers: { ...headers, "x-kratos-authenticated-identity-id": session.identityId } };
    },
    "POST /self-service/login": submit("login", (request) => {
      const { flow, session } = login.submit(request);
      if (!session) return refuse(flow, flow.json);
      const shown = show.session(session, identities);
      if (flow.json.type === "api") return { json: { session_token: session.token, session: shown } };
      const headers = { "set-cookie": [flows.newCsrfCookie(), toSessionCookie(session)] };
      return acceptsJson(request) ? { json: shown, headers } : flows.redirect(`${UI_URL}/`, headers);
    }),
    "GET /self-service/settings/api": (request) => {
      const owner = identities.get(authentication.get(request, NO_SESSION).identityId);
      return { json: showFlow(flows.start("settings", { owner })) };
    },
    "GET /self-service/settings/browser": (request) => {
      const session = authentication.find(request);
      if (!session) return flows.redirect(`${UI_URL}/login`, flows.csrfCookie(request).headers);
      return startForBrowser(flows, "settings", request, identities.get(session.identityId));
    },
    // The admin port, where the facade reads flows, asks for no session.
    "GET /self-service/settings/flows": (request) => ({ json: showFlow(flows.get("settings", request)) }),
    "POST /self-service/settings": submit("settings", (request) => {
      const { flow } = settings.submit(request);
      if (flow.json.state !== "success") return refuse(flow, showFlow(flow));
      const identity = show.identity(identities.get(flow.ownerId ?? ""));
      if (flow.json.type === "api") return { json: { flow: showFlow(flow), identity } };
      return acceptsJson(request) ? { json: identity } : toPage(flow);
    }),
  };
}

const acceptsJson = ({ headers }: KratosRequest): boolean => headers.accept?.includes("application/json") === true;
