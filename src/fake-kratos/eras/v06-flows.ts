import { KratosError, noSuchRow } from "../http/kratos-error.js";
import { json } from "../http/reply.js";
import type { FlowEra } from "../self-service/flow-era.js";
import { flowShapesV06 } from "../self-service/flow-shapes-v06.js";
import { failure } from "../self-service/ui-node.js";

/** A failed lookup that calls itself a refusal, and keeps the truth in `debug`. */
const refusedLookup = (reason: string): KratosError => new KratosError(403, { reason, debug: "Unable to locate the resource" });

/** The self-service of v0.6.3. */
export const v06Flows: FlowEra = {
  flowShapes: flowShapesV06,
  nodesNameTheirType: false,
  sessionTokenPrefix: "",
  csrfCookieName: (publicUrl) => `${Buffer.from(`${publicUrl}/`).toString("base64url")}_csrf_token`,
  csrfCookieAttributes: "Path=/; Domain=127.0.0.1; Max-Age=31536000; HttpOnly; Secure; SameSite=None",
  checkReader: () => undefined,
  browserRedirect: 302,
  browsersMayWantJson: false,
  loginUrl: (uiUrl) => `${uiUrl}/login`,
  disabledRedirect: "always",
  checksReturnTo: false,
  noSession: () =>
    new KratosError(403, {
      reason: "This endpoint can only be accessed with a valid session. Please log in and try again.",
      debug:
        "rid=\nerror=request does not have a valid authentication session\nreason=No active session was found in this request.\ndetails=map[]\ndebug=\n\nruntime.goexit",
    }),
  unknownFlow: (kind) => {
    // A verification that does not exist is a success without a body to speak of.
    if (kind === "verification") return json(null);
    throw noSuchRow();
  },
  unknownSettings: () => refusedLookup("Access privileges are missing, invalid, or not sufficient to access this endpoint."),
  foreignSettings: () =>
    new KratosError(403, { reason: "The request was made for another identity and has been blocked for security reasons." }),
  expired: (_flow, fields) => new KratosError(410, fields),
  expiredDetails: {},
  expiredRegistration: (_flow, newId, publicUrl) => ({
    status: 302,
    headers: { location: `${publicUrl}/self-service/registration/flows?id=${newId}` },
    body: "",
  }),
  registeredTraits: (traits) => traits,
  shortestPassword: 6,
  passwordTooShort: (length) => {
    const reason = `password length must be at least 6 characters but only got ${length}`;
    return failure(4000005, `The password can not be used because ${reason}.`, { reason });
  },
  traitFailure: ({ message }) => failure(4000001, message),
  emptyContext: {},
  errorParameter: "error",
  errorId: (query) => query.get("error") ?? "",
  containedError: (error) => ({ errors: [error] }),
  noErrorContainer: (port) =>
    port === "admin" ? noSuchRow() : refusedLookup("A request failed due to a missing or invalid csrf_token value."),
};
