import { randomBytes } from "node:crypto";
import { NO_ACTIVE_SESSION, toSessionCookie, type Authentication } from "./authentication.js";
import { KratosError } from "./errors.js";
import { checkSender, startForBrowser, UI_URL, type Flow, type Flows } from "./flows.js";
import { addMessage, addMessages, setValues, toInputs, type Form, type Message } from "./form.js";
import { withoutAdminMetadata, type Identities } from "./identities.js";
import { addObjects, findFaults, getEmails, getSchema } from "./schemas.js";
import type { KratosRequest, Routes } from "./server.js";
import type { Session } from "./sessions.js";

interface Submission {
  readonly method?: string;
  readonly traits?: object | null;
}

/** How users change their own settings, as far as the method `profile` does: it replaces their traits. */
export class Settings {
  constructor(
    private readonly identities: Identities,
    private readonly flows: Flows,
    private readonly authentication: Authentication,
    /** For how long after a sign-in users can change what they sign in with. */
    private readonly privilegedSessionMaxAgeMs = 3_600_000,
  ) {}

  /** @returns the flow, whose form has messages unless its state is `success` */
  submit(request: KratosRequest): { readonly flow: Flow; readonly session: Session } {
    const flow = this.flows.getSubmitted("settings", request, UNKNOWN_FLOW);
    const session = this.authentication.get(request, MISSING_SESSION);
    if (flow.ownerId !== session.identityId) throw FOREIGN_FLOW;
    const submission = request.body as Submission;
    const message = checkSender(flow, request) ?? (submission.method === "profile" ? undefined : NO_STRATEGY);
    const form = message ? addMessages(flow.blank, [message]) : this.#save(flow, session, submission.traits ?? {});
    return { flow: this.flows.update(flow, form), session };
  }

  #save({ blank, json: { id } }: Flow, session: Session, sent: object): Form {
    const { profile, publicUrl } = this.flows;
    const identity = this.identities.get(session.identityId);
    const schema = getSchema(identity.schema_id);
    const traits = (profile.addsObjects ? addObjects(schema, sent) : sent) as Readonly<Record<string, unknown>>;
    const filled = setValues(blank, "profile", new Map(toInputs(traits)));
    const faults = findFaults(schema, traits);
    if (faults.length > 0) return faults.reduce((form, fault) => addMessage(form, fault.name, profile.toMessage(fault)), filled);

    const identifiersIn = (all: Readonly<Record<string, unknown>>) => getEmails(schema, all).map(profile.toAddress).sort().join();
    const isOld = Date.parse(session.signedInAt) + this.privilegedSessionMaxAgeMs < Date.now();
    if (isOld && identifiersIn(traits) !== identifiersIn(identity.traits)) throw sessionTooOld(id, publicUrl);
    try {
      this.identities.update(identity, { traits });
    } catch (error) {
      if (error === profile.conflict) return addMessages(filled, [TAKEN]);
      throw error;
    }
    return { ...filled, state: "success", ui: { ...filled.ui, messages: [profile.saved] } };
  }
}

const UNKNOWN_FLOW = new KratosError(404, { reason: "The settings request could not be found. Please restart the flow." });
const MISSING_SESSION = new KratosError(401, { reason: "A valid Ory Session Cookie or Ory Session Token is missing." });
const NO_SESSION = new KratosError(401, {
  id: "session_inactive",
  reason: "This endpoint can only be accessed with a valid session. Please log in and try again.",
  message: "request does not have a valid authentication session",
});
export const FOREIGN_FLOW = new KratosError(403, {
  id: "security_identity_mismatch",
  reason: "The request was initiated by someone else and has been blocked for security reasons. Please go back and try again.",
});
const NO_STRATEGY: Message = { id: 4010004, text: "Could not find a strategy to update your settings. Did you fill out the form correctly?", type: "error" };
const TAKEN: Message = { id: 4000007, text: "An account with the same identifier (email, phone, username, ...) exists already.", type: "error" };

/** Kratos also sets a cookie with which the change would be continued after another sign-in, even in the flow of an app. */
function sessionTooOld(flowId: string, publicUrl: string): KratosError {
  const returnTo = encodeURIComponent(`${publicUrl}/self-service/settings?flow=${flowId}`);
  const fields = { id: "session_refresh_required", reason: "The login session is too old and thus not allowed to update these fields. Please re-authenticate." };
  return new KratosError(403, fields, {
    json: { redirect_browser_to: `${publicUrl}/self-service/login/browser?refresh=true&return_to=${returnTo}` },
    headers: { "set-cookie": `ory_kratos_continuity=${randomBytes(96).toString("base64url")}; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax` },
  });
}

/** What v26 serves to change one's own settings, with JSON. */
export function settingsRoutes(settings: Settings, flows: Flows, identities: Identities, authentication: Authentication): Routes {
  const ownerOf = (request: KratosRequest, missing: KratosError) => identities.get(authentication.getStrong(request, missing).identityId);
  const show = ({ json, ownerId = "" }: Flow): object => ({ ...json, identity: withoutAdminMetadata(identities.get(ownerId)) });
  return {
    "GET /self-service/settings/api": (request) => ({ json: show(flows.start("settings", { owner: ownerOf(request, NO_SESSION) })) }),
    "GET /self-service/settings/browser": (request) => startForBrowser(flows, "settings", request, ownerOf(request, NO_ACTIVE_SESSION), show),
    "GET /self-service/settings/flows": (request) => {
      const session = authentication.getStrong(request, MISSING_SESSION);
      const flow = flows.get("settings", request);
      if (flow.ownerId !== session.identityId) throw FOREIGN_FLOW;
      return { json: show(flow) };
    },
    "POST /self-service/settings": (request) => {
      const { flow, session } = settings.submit(request);
      if (flow.json.state !== "success") return { status: 400, json: show(flow) };
      if (flow.json.type === "api") return { json: show(flow) };
      const next = { action: "redirect_browser_to", redirect_browser_to: `${UI_URL}/settings?flow=${flow.json.id}` };
      return { json: { ...show(flow), continue_with: [next] }, headers: { "set-cookie": toSessionCookie(session) } };
    },
  };
}
