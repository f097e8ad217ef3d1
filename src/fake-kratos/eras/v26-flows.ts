import { createHash } from "node:crypto";
import { KratosError, noSuchRow } from "../http/kratos-error.js";
import { defaultSchemaId, identitySchema } from "../identities/identity-schemas.js";
import type { TraitFault } from "../identities/trait-faults.js";
import { csrfViolation } from "../self-service/csrf-cookie.js";
import type { Flow } from "../self-service/flow.js";
import type { FlowEra } from "../self-service/flow-era.js";
import { flowShapesV26 } from "../self-service/flow-shapes-v26.js";
import { failure, type UiMessage } from "../self-service/ui-node.js";

const expiredId = "self_service_flow_expired";

const age = (flow: Flow): { id: string; reason: string; message: string } => ({
  id: expiredId,
  reason: `The self-service flow expired ${((Date.now() - flow.expiresAt) / 60_000).toFixed(2)} minutes ago, initialize a new one.`,
  message: "self-service flow expired",
});

function traitFailure({ keyword, message, value, expected }: TraitFault): UiMessage {
  switch (keyword) {
    case "format":
      return failure(4000040, "Enter a valid email address", { value });
    case "minLength":
      return failure(4000003, message, { actual_length: String(value).length, min_length: expected });
    case "minimum":
      return failure(4000018, message, { actual: value, minimum: expected });
    default:
      return failure(4000001, message, { reason: message });
  }
}

/** The self-service of v26. */
export const v26Flows: FlowEra = {
  flowShapes: flowShapesV26,
  nodesNameTheirType: true,
  sessionTokenPrefix: "ory_st_",
  csrfCookieName: (publicUrl) => `csrf_token_${createHash("sha256").update(`${publicUrl}/`).digest("hex")}`,
  csrfCookieAttributes: "Path=/; Max-Age=31536000; HttpOnly; Secure; SameSite=Lax",
  checkReader: (flow, cookie, request) => {
    if (flow.type === "browser" && flow.csrf.cookie !== cookie) throw csrfViolation(request);
  },
  browserRedirect: 303,
  browsersMayWantJson: true,
  loginUrl: (_uiUrl, publicUrl) => `${publicUrl}/self-service/login/browser`,
  disabledRedirect: "browsers",
  checksReturnTo: true,
  noSession: () =>
    new KratosError(401, {
      id: "session_inactive",
      reason: "This endpoint can only be accessed with a valid session. Please log in and try again.",
      message: "request does not have a valid authentication session",
    }),
  unknownFlow: () => {
    throw noSuchRow();
  },
  unknownSettings: noSuchRow,
  foreignSettings: () =>
    new KratosError(403, {
      id: "security_identity_mismatch",
      reason: "The request was made for another identity and has been blocked for security reasons.",
    }),
  expired: (flow, fields) => {
    if (flow.kind === "login" || flow.kind === "registration") return new KratosError(410, { id: expiredId, ...fields });
    // An API client's recovery expires in other words than everything else.
    return new KratosError(410, flow.kind === "recovery" && flow.type === "api" ? { ...fields, ...age(flow) } : fields);
  },
  expiredDetails: { return_to: "" },
  expiredRegistration: (flow, newId) => {
    const error = new KratosError(410, age(flow));
    const since = (Date.now() - flow.expiresAt) * 1_000_000;
    return { ...error.toReply(), body: JSON.stringify({ error, expired_at: flow.stamps.expires, since, use_flow_id: newId }) };
  },
  registeredTraits: (traits) => {
    // A form leaves an empty object where nothing of it was filled in.
    const properties = identitySchema(defaultSchemaId)?.schema.properties?.["traits"]?.properties ?? {};
    const objects = Object.entries(properties).filter(([name, { type }]) => type === "object" && !(name in traits));
    return { ...traits, ...Object.fromEntries(objects.map(([name]) => [name, {}])) };
  },
  shortestPassword: 8,
  passwordTooShort: (length) =>
    failure(4000032, `The password must be at least 8 characters long, but got ${length}.`, { actual_length: length, min_length: 8 }),
  traitFailure,
  emptyContext: undefined,
  errorParameter: "id",
  errorId: (query) => query.get("id") ?? query.get("error") ?? "",
  containedError: (error) => ({ error }),
  noErrorContainer: noSuchRow,
};
