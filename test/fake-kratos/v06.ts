import { Authentication } from "../../src/fake-kratos/authentication.js";
import type { Courier } from "../../src/fake-kratos/courier.js";
import { badRequest, KratosError, notFound } from "../../src/fake-kratos/errors.js";
import { flowRoutes, type Flows } from "../../src/fake-kratos/flows.js";
import { identityRoutes, updateIdentity, type Identities, type Identity, type NewIdentity } from "../../src/fake-kratos/identities.js";
import { Login } from "../../src/fake-kratos/login.js";
import type { Profile } from "../../src/fake-kratos/profile.js";
import { recoveryLinkRoutes } from "../../src/fake-kratos/recovery.js";
import { schemaRoutes } from "../../src/fake-kratos/schemas.js";
import type { Api, Handler, Routes } from "../../src/fake-kratos/server.js";
import type { Sessions } from "../../src/fake-kratos/sessions.js";
import { Settings } from "../../src/fake-kratos/settings.js";
import { healthRoutes, systemRoutes } from "../../src/fake-kratos/system.js";
import { timestamp } from "../../src/fake-kratos/time.js";
import type { Shown } from "./sign-ups.js";
import { v06UserRoutes } from "./v06-users.js";
import flows from "./v06-flows.json" with { type: "json" };

export const v06: Profile = {
  version: "v0.6.3-alpha.1",
  schemaSegment: (id) => id,
  // It lets out the trace of its Go stack.
  schemaNotFound: (id) =>
    new KratosError(404, {
      debug: `rid=\nreason=Unable to find JSON Schema ID: ${id}\n\ngithub.com/ory/kratos/schema.Schemas.GetByID\n\tgithub.com/ory/kratos/schema/schema.go:38`,
    }),
  toAddress: (email) => email,
  conflict: new KratosError(409, {
    message:
      "sqlite create: UNIQUE constraint failed: identity_verifiable_addresses.nid, identity_verifiable_addresses.via, identity_verifiable_addresses.value: Unable to insert or update resource because a resource with that value exists already",
  }),
  guardsFlows: false,
  startsFlows: "with redirects",
  flows,
  toMessage: ({ keyword, text }) => ({ id: keyword === "required" ? 4000002 : 4000001, text, type: "error" }),
  saved: { id: 1050001, text: "Your changes have been saved!", type: "info" },
  addsObjects: false,
  sessionTokenPrefix: "",
  csrfCookie: (publicUrl) => ({
    name: `${Buffer.from(`${publicUrl}/`).toString("base64url")}_csrf_token`,
    attributes: "Path=/; Domain=127.0.0.1; Max-Age=31536000; HttpOnly; Secure; SameSite=None",
  }),
};

/** Sessions have no devices, methods and assurance level yet. */
export const v06Shown: Shown = {
  identity: (identity) => toJson(identity),
  session: ({ id, active, expiresAt, signedInAt, identityId }, identities) => {
    const times = { expires_at: timestamp(expiresAt), authenticated_at: signedInAt, issued_at: signedInAt };
    return { id, active, ...times, identity: toJson(identities.get(identityId)) };
  },
};

/** Identities have no state, no metadata and no IDs of others yet, and an address that is not verified says so with a null. */
function toJson(identity: Identity): object {
  const { state: _, state_changed_at: __, metadata_public: ___, metadata_admin: ____, verifiable_addresses, ...others } = identity;
  const { external_id: _____, organization_id: ______, ...rest } = others;
  return { ...rest, verifiable_addresses: verifiable_addresses.map((address) => ({ verified_at: null, ...address })) };
}

/** Pages by number, in descending order of ID. Page 0 and page 1 are the same page. */
const listByPage =
  (identities: Identities): Handler =>
  ({ query }) => {
    const size = Number(query.get("per_page") ?? 250);
    const start = (Math.max(Number(query.get("page")), 1) - 1) * size;
    const page = identities.sorted().reverse().slice(start, start + size);
    return { json: page.map(toJson) };
  };

function refuseRecovery(identity: Identity | undefined): KratosError | undefined {
  if (!identity) return notFound();
  return identity.recovery_addresses.length > 0 ? undefined : badRequest("The identity does not have any recovery addresses set.");
}

/** What v0.6.3 serves, as far as the facade uses it. */
export function v06Api(identities: Identities, sessions: Sessions, _courier: Courier, flows: Flows, publicUrl: string, privilegedSessionMaxAgeMs?: number): Api {
  const authentication = new Authentication(identities, sessions, publicUrl);
  const login = new Login(identities, sessions, flows);
  const settings = new Settings(identities, flows, authentication, privilegedSessionMaxAgeMs);
  const { "PATCH /identities/:id": _, "GET /identities/by/external/:id": __, ...withoutPatch } = identityRoutes(identities, toJson);
  return {
    admin: {
      ...healthRoutes,
      ...systemRoutes(v06.version, identities),
      ...withoutPatch,
      "GET /identities": listByPage(identities),
      "PUT /identities/:id": ({ id, body }) => updateIdentity(identities, id, body as NewIdentity, toJson),
      ...recoveryLinkRoutes(identities, publicUrl, refuseRecovery),
    },
    public: {
      ...healthRoutes,
      ...schemaRoutes(v06),
      ...flowRoutes(flows),
      ...v06UserRoutes(identities, flows, authentication, login, settings, v06Shown),
    },
  };
}

/** The admin port serves what the public one does as well, except for sessions. */
export function v06Ports({ admin, public: open }: Api): Api {
  const { "GET /self-service/verification/flows": readVerification, "GET /self-service/errors": readError } = open;
  const shared: Routes = {
    ...open,
    "GET /self-service/verification/flows": orNull(readVerification!),
    "GET /self-service/errors": asList(readError!),
  };
  const { "GET /sessions/whoami": _, ...sharedWithAdmin } = shared;
  return { admin: { ...sharedWithAdmin, ...admin }, public: shared };
}

/** A verification flow that does not exist is a `null` with status 200. */
const orNull =
  (handler: Handler): Handler =>
  (request) => {
    try {
      return handler(request);
    } catch (error) {
      if (error instanceof KratosError && error.code === 404) return { json: null };
      throw error;
    }
  };

/** The container of a self-service error holds a list, of one error. */
const asList =
  (handler: Handler): Handler =>
  (request) => {
    const { error, ...rest } = handler(request).json as { error: KratosError };
    return { json: { ...rest, errors: [error] } };
  };
