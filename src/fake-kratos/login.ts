import { createHash, randomUUID } from "node:crypto";
import { CLEARED_SESSION_COOKIE, NO_ACTIVE_SESSION, toSessionCookie, type Authentication } from "./authentication.js";
import { KratosError, notFound } from "./errors.js";
import { checkSender, UI_URL, type Flow, type Flows } from "./flows.js";
import { addMessages, setValues, type Message } from "./form.js";
import type { Identities, Identity } from "./identities.js";
import { toOwn } from "./own-sessions.js";
import type { KratosRequest, Routes } from "./server.js";
import type { Session, Sessions } from "./sessions.js";

/** Signs users in with their passwords. */
export class Login {
  constructor(
    private readonly identities: Identities,
    private readonly sessions: Sessions,
    private readonly flows: Flows,
  ) {}

  /** @returns the flow, and the new session, or else the form of the flow has a message */
  submit(request: KratosRequest): { readonly flow: Flow; readonly session?: Session } {
    const flow = this.flows.getSubmitted("login", request, notFound());
    const { method, identifier, password_identifier, password } = request.body as Readonly<Record<string, string | undefined>>;
    const [name, value = ""] = identifier === undefined ? ["password_identifier", password_identifier] : ["identifier", identifier];
    const message = checkSender(flow, request) ?? (method === "password" ? undefined : NO_STRATEGY);
    const identity = this.#authenticate(value, password ?? "");
    if (message || !identity) {
      const form = addMessages(setValues(flow.blank, "default", new Map([[name, value]])), [message ?? INVALID_CREDENTIALS]);
      return { flow: this.flows.update(flow, form) };
    }
    if (identity.state === "inactive") {
      throw new KratosError(401, { reason: "This account was disabled.", details: { identity_id: identity.id }, message: "identity is disabled" });
    }
    return { flow, session: this.signIn(identity, request) };
  }

  /** Starts a session on the device that a request comes from. */
  signIn(identity: Identity, { headers }: KratosRequest): Session {
    const device = { id: randomUUID(), ip_address: "127.0.0.1:1", user_agent: headers["user-agent"] ?? "", location: "" };
    return this.sessions.create({ identityId: identity.id, devices: [device] });
  }

  #authenticate(identifier: string, sent: string): Identity | undefined {
    const identity = this.identities.sorted().find((one) => this.identities.identifiersOf(one).password.includes(identifier.toLowerCase()));
    const { password, hashed_password } = this.identities.getCredentials(identity?.id ?? "")?.password?.config ?? {};
    const md5 = createHash("md5").update(sent).digest("base64");
    return sent !== "" && (password === sent || hashed_password === `$md5$${md5}`) ? identity : undefined;
  }
}

const NO_STRATEGY: Message = { id: 4010002, text: "Could not find a strategy to log you in with. Did you fill out the form correctly?", type: "error" };
const INVALID_CREDENTIALS: Message = {
  id: 4000006,
  text: "The provided credentials are invalid, check for spelling mistakes in your password or username, email address, or phone number.",
  type: "error",
};
const OTHER_SESSION = new KratosError(403, { reason: "Unable to log out because the logout token in the URL query does not match the session cookie." });

/** How users sign in and out of v26, with JSON. */
export function loginRoutes(login: Login, sessions: Sessions, identities: Identities, flows: Flows, authentication: Authentication): Routes {
  const logoutTokenOf = ({ id }: Session): string => `ory_lo_${createHash("sha256").update(id).digest("base64url").slice(0, 32)}`;
  return {
    "POST /self-service/login": (request) => {
      const { flow, session } = login.submit(request);
      if (!session) return { status: 400, json: flow.json };
      const shown = toOwn(session, identities);
      if (flow.json.type === "api") return { json: { session_token: session.token, session: shown, continue_with: null } };
      const next = { action: "redirect_browser_to", redirect_browser_to: `${UI_URL}/` };
      return { json: { session: shown, continue_with: [next] }, headers: { "set-cookie": [flows.newCsrfCookie(), toSessionCookie(session)] } };
    },
    "GET /self-service/logout/browser": (request) => {
      const token = logoutTokenOf(authentication.get(request, NO_ACTIVE_SESSION));
      return { json: { logout_url: `${flows.publicUrl}/self-service/logout?token=${token}`, logout_token: token } };
    },
    "GET /self-service/logout": (request) => {
      const session = authentication.get(request, NO_ACTIVE_SESSION);
      if (request.query.get("token") !== logoutTokenOf(session)) throw OTHER_SESSION;
      sessions.update(session.id, { active: false });
      return { status: 204, headers: { "set-cookie": CLEARED_SESSION_COOKIE } };
    },
  };
}
