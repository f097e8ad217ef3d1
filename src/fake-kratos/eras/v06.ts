import { payloadFault, type GoStruct } from "../go/go-struct.js";
import { badRequest, KratosError, noSuchRow } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import type { Constraint } from "../identities/identity-store.js";
import type { Era } from "./era.js";
import { decodeSlashes } from "../http/router.js";
import { v06Flows } from "./v06-flows.js";

const identityBody = (name: string, fault: GoStruct["fault"]): GoStruct => ({
  name,
  fields: { schema_id: "string", traits: "any" },
  unknownFields: "refused",
  checksHeaders: false,
  fault,
});

const violated: Record<Constraint, string> = {
  "verifiable address": "identity_verifiable_addresses.nid, identity_verifiable_addresses.via, identity_verifiable_addresses.value",
  "recovery address": "identity_recovery_addresses.nid, identity_recovery_addresses.via, identity_recovery_addresses.value",
  identifier: "identity_credential_identifiers.nid, identity_credential_identifiers.identifier",
  "external id": "",
};

/** The public port asks every POST, PUT, PATCH and DELETE for a CSRF token, and only then looks where it was sent. */
function csrfFailure({ port, method, path }: KratosRequest): KratosError | undefined {
  const exempt = port === "admin" || ["GET", "HEAD", "OPTIONS"].includes(method) || path.endsWith("/api");
  return exempt ? undefined : badRequest("CSRF token is missing or invalid.");
}

/** Kratos v0.6.3-alpha.1, on SQLite. */
export const v06: Era = {
  ...v06Flows,
  version: "v0.6.3-alpha.1",
  router: {
    routedPath: ({ path }) => decodeSlashes(path),
    allowed: (methods) => [...methods, "OPTIONS"],
    headIsGet: false,
    redirectsTrailingSlash: true,
    answersOptions: true,
    forbidsCaching: ({ port, path }, routed) => routed && port === "public" && !path.startsWith("/health/"),
    refusesUnrouted: csrfFailure,
  },
  metricsContentType: "text/plain; version=0.0.4; charset=utf-8",
  richIdentities: false,
  schemaUrlName: (id) => id,
  addressValue: (email) => email,
  withoutTraits: new KratosError(500, { message: "invalid character '}' looking for beginning of value" }),
  // A body that cannot be read is a 400 to a client of create and calls itself a 500; to a client of update it is a 500.
  createBody: identityBody("identity.CreateIdentity", (message) => new KratosError(500, { message, httpStatus: 400 })),
  updateBody: identityBody("identity.UpdateIdentity", (message) => new KratosError(500, { message })),
  recoveryLinkBody: {
    name: "link.CreateRecoveryLink",
    fields: { identity_id: "uuid.UUID", expires_in: "string" },
    unknownFields: "ignored",
    checksHeaders: true,
    fault: payloadFault,
  },
  uuidFault: (text, fault) => {
    if (fault.kind === "length") return `uuid: incorrect UUID length: ${text}`;
    if (fault.kind === "format") return `uuid: incorrect UUID format${text.length > 38 ? ":" : ""} ${text}`;
    const code = (fault.character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
    return `encoding/hex: invalid byte: U+${code} '${fault.character}'`;
  },
  conflict: (_during, constraint) =>
    new KratosError(409, {
      message: `sqlite create: UNIQUE constraint failed: ${violated[constraint]}: Unable to insert or update resource because a resource with that value exists already`,
    }),
  noIdentityToRecover: noSuchRow,
  recoveryNeedsAddress: true,
  // Compares the moment after some work was done, so a few nanoseconds of life are as good as none.
  leastLifespan: 1_000n,
};
