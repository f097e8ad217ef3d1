import { createHash } from "node:crypto";
import { Authentication } from "./authentication.js";
import { batchRoutes } from "./batch.js";
import { Courier, courierRoutes } from "./courier.js";
import { withCredentials } from "./credentials.js";
import { badRequest, KratosError } from "./errors.js";
import { flowRoutes, Flows } from "./flows.js";
import { Identities, identityRoutes } from "./identities.js";
import { Login, loginRoutes } from "./login.js";
import { ownSessionRoutes } from "./own-sessions.js";
import type { Profile } from "./profile.js";
import { recoveryCodeRoutes, recoveryLinkRoutes } from "./recovery.js";
import { addSampleIdentities, SAMPLE_EMAIL, SAMPLE_IDENTITY_ID, SAMPLE_PASSWORD } from "./sample-identities.js";
import { addSampleMessages } from "./sample-messages.js";
import { addSampleSessions, SAMPLE_SESSION_TOKEN } from "./sample-sessions.js";
import { SAMPLE_SCHEMAS, schemaListRoutes, schemaRoutes } from "./schemas.js";
import { serve, type Api, type FakeKratos, type Handler, type Routes } from "./server.js";
import { sessionRoutes, Sessions } from "./sessions.js";
import { Settings, settingsRoutes } from "./settings.js";
import { healthRoutes, systemRoutes } from "./system.js";
import flows from "./v26-flows.json" with { type: "json" };

export { SAMPLE_EMAIL, SAMPLE_IDENTITY_ID, SAMPLE_PASSWORD, SAMPLE_SCHEMAS, SAMPLE_SESSION_TOKEN };
export type { FakeKratos };

/**
 * Starts an in-memory fake of Ory Kratos v26.2.0 with some thirty sample identities, on two free ports of 127.0.0.1. It is
 * reached over HTTP like the real one, and answers what the facade asks. For `npm start` without configuration, and for tests.
 */
export function startFakeKratos(): Promise<FakeKratos> {
  return serve(v26.version, (publicUrl) => {
    const identities = new Identities(v26, publicUrl);
    addSampleIdentities(identities);
    const sessions = new Sessions(identities, v26);
    addSampleSessions(sessions);
    const courier = new Courier();
    addSampleMessages(courier);
    return v26Ports(v26Api(identities, sessions, courier, new Flows(v26, publicUrl), publicUrl), publicUrl);
  });
}

/** The IDs of Kratos' messages about values, by the keyword of JSON Schema that they violate. */
const MESSAGE_IDS: Readonly<Record<string, number>> = { required: 4000002, minLength: 4000003, pattern: 4000004, maxLength: 4000017, minimum: 4000018, type: 4000026, format: 4000040 };

export const v26: Profile = {
  version: "v26.2.0",
  schemaSegment: (id) => Buffer.from(id).toString("base64url"),
  schemaNotFound: (segment) => new KratosError(404, { reason: `Identity schema \`${segment}\` could not be found.` }),
  toAddress: (email) => email.trim().toLowerCase(),
  conflict: new KratosError(409, {
    reason: "This identity conflicts with another identity that already exists.",
    message: "The resource could not be created due to a conflict",
  }),
  guardsFlows: true,
  startsFlows: "with JSON",
  flows,
  toMessage: ({ keyword, text }) => {
    return { id: MESSAGE_IDS[keyword] ?? 4000001, text: keyword === "format" ? "Enter a valid email address" : text, type: "error" };
  },
  saved: { id: 1050001, text: "Your changes have been saved!", type: "success" },
  addsObjects: true,
  sessionTokenPrefix: "ory_st_",
  csrfCookie: (publicUrl) => {
    const hash = createHash("sha256").update(`${publicUrl}/`).digest("hex");
    return { name: `csrf_token_${hash}`, attributes: "Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax" };
  },
};

/** What v26.2.0 serves, as far as the facade, its explorer and the example use it. */
export function v26Api(identities: Identities, sessions: Sessions, courier: Courier, flows: Flows, publicUrl: string, privilegedSessionMaxAgeMs?: number): Api {
  const authentication = new Authentication(identities, sessions, publicUrl);
  const login = new Login(identities, sessions, flows);
  const settings = new Settings(identities, flows, authentication, privilegedSessionMaxAgeMs);
  return {
    admin: {
      ...healthRoutes,
      ...systemRoutes(v26.version, identities),
      ...withCredentials(identityRoutes(identities, (identity) => identity), identities),
      ...sessionRoutes(sessions, identities),
      ...courierRoutes(courier),
      ...batchRoutes(identities),
      // An identity without a recovery address gets a link as well.
      ...recoveryLinkRoutes(identities, publicUrl, (identity) => (identity ? undefined : badRequest("The requested identity id does not exist."))),
      ...recoveryCodeRoutes(identities),
    },
    public: {
      ...healthRoutes,
      ...schemaListRoutes,
      ...schemaRoutes(v26),
      ...flowRoutes(flows),
      ...ownSessionRoutes(sessions, identities, authentication),
      ...loginRoutes(login, sessions, identities, flows, authentication),
      ...settingsRoutes(settings, flows, identities, authentication),
    },
  };
}

/** The admin port answers the same with and without `/admin` in front, and redirects what belongs to the public port. */
export function v26Ports({ admin, public: open }: Api, publicUrl: string): Api {
  const toPublic: Handler = ({ target }) => ({ status: 307, headers: { location: publicUrl + target.replace(/^\/admin/, "") } });
  const redirects = Object.fromEntries(Object.keys(open).map((route) => [route, toPublic]));
  const unprefixed: Routes = { ...redirects, ...admin };
  const prefixed = Object.entries(unprefixed).map(([route, handler]) => [route.replace(" ", " /admin"), handler]);
  return { admin: { ...unprefixed, ...Object.fromEntries(prefixed) }, public: open };
}
