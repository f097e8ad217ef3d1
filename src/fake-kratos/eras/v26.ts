import { payloadFault, type GoStruct } from "../go/go-struct.js";
import { badRequest, KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { decodeSlashes } from "../http/router.js";
import { csrfViolation } from "../self-service/csrf-cookie.js";
import type { Era } from "./era.js";
import { v26Flows } from "./v26-flows.js";

const identityFields = {
  schema_id: "string",
  traits: "any",
  credentials: "*identity.IdentityWithCredentials",
  metadata_public: "any",
  metadata_admin: "any",
  state: "identity.State",
  external_id: "string",
};

const createBody: GoStruct = {
  name: "identity.CreateIdentityBody",
  fields: {
    ...identityFields,
    verifiable_addresses: "[]identity.VerifiableAddress",
    recovery_addresses: "[]identity.RecoveryAddress",
    organization_id: "any",
  },
  unknownFields: "refused",
  checksHeaders: false,
  fault: (message) => new KratosError(400, { message }),
};

const decoded = (name: string, fields: Record<string, string>): GoStruct => ({
  name,
  fields,
  unknownFields: "ignored",
  checksHeaders: true,
  fault: payloadFault,
});

const csrfExempt = /^(\/admin)?\/(identities|schemas)(\/|$)|^\/(health|version|metrics|recovery)(\/|$)|\/api$/;

const asksForCsrf = ({ method, path }: KratosRequest): boolean => !["GET", "HEAD", "OPTIONS"].includes(method) && !csrfExempt.test(path);

/** Kratos v26.2.0. */
export const v26: Era = {
  ...v26Flows,
  version: "v26.2.0",
  router: {
    // The admin port adds the prefix where it is missing, and takes a slash at the end away.
    routedPath: ({ port, path }) =>
      port === "admin"
        ? decodeSlashes(path)
            .replace(/^\/admin(?=\/)/, "")
            .replace(/(?<=.)\/$/, "")
        : path,
    allowed: (methods) => (methods.includes("GET") ? [...methods, "HEAD"] : methods),
    headIsGet: true,
    redirectsTrailingSlash: false,
    answersOptions: false,
    forbidsCaching: ({ method }) => method === "GET",
    refusesUnrouted: (request) => (request.port === "public" && asksForCsrf(request) ? csrfViolation(request) : undefined),
  },
  metricsContentType: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
  richIdentities: true,
  schemaUrlName: (id) => Buffer.from(id).toString("base64url"),
  addressValue: (email) => email.trim().toLowerCase(),
  withoutTraits: {},
  createBody,
  updateBody: decoded("identity.UpdateIdentityBody", identityFields),
  recoveryLinkBody: decoded("link.createRecoveryLinkForIdentityBody", { identity_id: "uuid.UUID", expires_in: "string" }),
  uuidFault: (text, fault) => {
    if (fault.kind === "length") return `uuid: incorrect UUID length ${Buffer.byteLength(text)} in string ${JSON.stringify(text)}`;
    if (fault.kind === "format")
      return `uuid: incorrect UUID format in string ${JSON.stringify(text.length > 38 ? text.slice(0, 9) : text)}`;
    return "uuid: invalid UUID format";
  },
  conflict: (during) =>
    during === "create"
      ? new KratosError(409, {
          reason: "This identity conflicts with another identity that already exists.",
          message: "The resource could not be created due to a conflict",
        })
      : new KratosError(409, { message: "Unable to insert or update resource because a resource with that value exists already" }),
  noIdentityToRecover: () => badRequest("The requested identity id does not exist."),
  recoveryNeedsAddress: false,
  leastLifespan: 1n,
};
