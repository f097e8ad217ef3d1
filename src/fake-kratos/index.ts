import { batchRoutes } from "./batch.js";
import { Courier, courierRoutes } from "./courier.js";
import { withCredentials } from "./credentials.js";
import { badRequest, KratosError } from "./errors.js";
import { flowRoutes, Flows } from "./flows.js";
import { Identities, identityRoutes } from "./identities.js";
import type { Profile } from "./profile.js";
import { recoveryCodeRoutes, recoveryLinkRoutes } from "./recovery.js";
import { addSampleIdentities, SAMPLE_IDENTITY_ID } from "./sample-identities.js";
import { addSampleMessages } from "./sample-messages.js";
import { addSampleSessions } from "./sample-sessions.js";
import { schemaListRoutes, schemaRoutes } from "./schemas.js";
import { serve, type Api, type FakeKratos, type Handler } from "./server.js";
import { sessionRoutes, Sessions } from "./sessions.js";
import { healthRoutes, systemRoutes } from "./system.js";
import flows from "./v26-flows.json" with { type: "json" };

export { SAMPLE_IDENTITY_ID };
export type { FakeKratos };

/**
 * Starts an in-memory fake of Ory Kratos v26.2.0 with some thirty sample identities, on two free ports of 127.0.0.1. It is
 * reached over HTTP like the real one, and answers what the facade asks. For `npm start` without configuration, and for tests.
 */
export function startFakeKratos(): Promise<FakeKratos> {
  return serve(v26.version, (publicUrl) => {
    const identities = new Identities(v26, publicUrl);
    addSampleIdentities(identities);
    const sessions = new Sessions(identities);
    addSampleSessions(sessions);
    const courier = new Courier();
    addSampleMessages(courier);
    return v26Ports(v26Api(identities, sessions, courier, new Flows(v26, publicUrl), publicUrl), publicUrl);
  });
}

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
  flows,
};

/** What v26.2.0 serves, as far as the facade and its explorer use it. */
export function v26Api(identities: Identities, sessions: Sessions, courier: Courier, flows: Flows, publicUrl: string): Api {
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
    public: { ...healthRoutes, ...schemaListRoutes, ...schemaRoutes(v26), ...flowRoutes(flows) },
  };
}

/** The admin port answers the same with and without `/admin` in front, and redirects what belongs to the public port. */
export function v26Ports({ admin, public: open }: Api, publicUrl: string): Api {
  const toPublic: Handler = ({ target }) => ({ status: 307, headers: { location: publicUrl + target } });
  const redirects = Object.keys(open).map((route) => [route, toPublic]);
  const prefixed = Object.entries(admin).map(([route, handler]) => [route.replace(" ", " /admin"), handler]);
  return { admin: { ...Object.fromEntries(redirects), ...admin, ...Object.fromEntries(prefixed) }, public: open };
}
