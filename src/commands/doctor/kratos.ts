import { FIRST_VERSION, onlyKratosErrors, KratosError, KratosSessionInvalidError, KratosUnavailableError, KratosWrongPortError, type Features, type Kratos, type KratosStatus, type SessionCredential } from "../../kratos/index.js";
import { describe } from "../kratos.js";
import type { SessionOptions } from "../../server/auth/session.js";
import { fail, note, ok, type Finding } from "./finding.js";

const ADMIN_API = "Kratos admin API";
const PUBLIC_API = "Kratos public API";
const HEALTH = "Kratos health";
export const VERSION = "Kratos version";

/** Checks that both URLs of Kratos can be used, that Kratos is ready, which version it is, and that the clocks agree. */
export async function checkKratos(kratos: Kratos, adminUrl: string, publicUrl: string | undefined): Promise<Finding[]> {
  const status = await kratos.system.check();
  const { alive, error } = status;
  if (error && !alive) return [fail(ADMIN_API, `cannot be reached at ${adminUrl}: ${explain(error)}`)];
  if (error instanceof KratosWrongPortError && error.port === "admin") {
    return [fail(ADMIN_API, explain(error)), ...(publicUrl === undefined ? [] : [await checkPublicApi(kratos, publicUrl)])];
  }
  const findings = [ok(ADMIN_API, `reached at ${adminUrl}`), checkHealth(status)];
  const version = await kratos.system.detectVersion().catch(onlyKratosErrors);
  if (version instanceof KratosError) {
    findings.push(fail(VERSION, explain(version)));
  } else {
    findings.push(ok(VERSION, version.name));
    if (version.features.publicPort) findings.push(await checkPublicApi(kratos, publicUrl));
    findings.push(...noteMissing(version.features));
  }
  return [...findings, checkClock(status.date)];
}

const NULL = "always null";
const USER_ERROR = "an `UNSUPPORTED` user error";
const ERROR = "an `UNSUPPORTED_BY_KRATOS` error";

/** Features that older versions of Kratos do not have, and what that means for the graph. Fields of Query are checked one by one. */
const MISSING: readonly (readonly [keyof Features, check: string, effect: string, what?: string])[] = [
  ["state", "Identity.state", NULL],
  ["credentials", "Identity.credentials", ERROR],
  ["identitySessions", "Identity.sessions", ERROR],
  ["sessionOrder", "Identity.lastSignedInAt", ERROR],
  ["metadata", "Identity.metadataPublic, metadataAdmin", NULL],
  ["identifierFilter", "identities(filter: { identifier })", ERROR],
  ["idsFilter", "identities(filter: { ids })", ERROR],
  ["identifierPrefixFilter", "identities(filter: { identifierPrefix })", ERROR],
  ["organizationFilter", "identities(filter: { organizationId })", ERROR],
  ["organizationFilter", "Identity.organizationId", NULL],
  ["externalId", "Identity.externalId", NULL],
  ["idsFilter", "identities by ID, _entities", "takes one request per identity, 16 at a time", "looking up several IDs at once"],
  ["credentialsImport", "createIdentity with credentials or addresses", USER_ERROR],
  ["patch", "updateIdentity", "takes two requests, a read and a replacement", "a partial update"],
  ["patch", "patchIdentity, verifyAddress", USER_ERROR],
  ["updatedAt", "patchIdentity with ifUnmodifiedSince", USER_ERROR],
  ["batch", "importIdentities", USER_ERROR],
  ["deleteCredential", "deleteIdentityCredential", USER_ERROR],
  ["deleteOidcCredential", "deleteIdentityCredential of `oidc`", USER_ERROR],
  ["deleteAnyCredential", "deleteIdentityCredential of `password`, `saml`", USER_ERROR],
  ["deleteIdentitySessions", "revokeIdentitySessions", USER_ERROR],
  ["sessions", "revokeSession", USER_ERROR],
  ["ownSessions", "Viewer.otherSessions", ERROR],
  ["ownSessions", "revokeSession, revokeOtherSessions of signed-in users", USER_ERROR],
  ["extendSession", "extendSession", USER_ERROR],
  ["recoveryReturnTo", "createRecoveryLink with returnTo", USER_ERROR],
  ["recoveryCodes", "createRecoveryCode", USER_ERROR],
];

/** What the connected version does not have. */
function noteMissing(features: Features): Finding[] {
  return MISSING.filter(([feature]) => !features[feature]).map(([feature, check, effect, what]) => {
    // Of v0.7.0-alpha.1, operators know v0.7.
    const since = FIRST_VERSION[feature].replace(/(\.0)?(-.*)?$/, "");
    return note(check, `${effect}: ${what === undefined ? "" : `${what} `}requires Kratos ${since} or later`);
  });
}

function checkHealth({ ready, failing, error }: KratosStatus): Finding {
  // A URL with the wrong port is reported where it is checked.
  if (ready || error instanceof KratosWrongPortError) return ok(HEALTH, "ready");
  const reason = error ? explain(error) : failing.join(", ") || "no reason given";
  return fail(HEALTH, `not ready: ${reason}; see the Kratos log`);
}

async function checkPublicApi(kratos: Kratos, publicUrl: string | undefined): Promise<Finding> {
  if (publicUrl === undefined) return fail(PUBLIC_API, "KRATOS_PUBLIC_URL is not set; Kratos v0.7 and later serve flows, self-service errors and identity schemas there");
  const error = await kratos.system.checkPublicPort().catch(onlyKratosErrors);
  if (error instanceof KratosWrongPortError) return fail(PUBLIC_API, explain(error));
  if (error instanceof KratosError) return fail(PUBLIC_API, `cannot be used at ${publicUrl}: ${explain(error)}`);
  return ok(PUBLIC_API, `reached at ${publicUrl}`);
}

/** Checks that Kratos verifies sessions, if they are accepted. */
export async function checkSessions(kratos: Kratos, sessions: SessionOptions | undefined): Promise<Finding[]> {
  if (!sessions) return [];
  const check = "Sessions of Kratos";
  const { cookie: name = "ory_kratos_session" } = sessions;
  // Kratos looks elsewhere for a session if it cannot read the cookie.
  const credentials: SessionCredential[] = [{ kind: "token", token: "doctor" }, { kind: "cookie", name, cookie: `${name}=doctor` }];
  const answers = await Promise.all(credentials.map((credential) => kratos.asUser(credential).whoami().catch(onlyKratosErrors)));
  const answer = answers.find((one) => !(one instanceof KratosSessionInvalidError));
  if (!answer) return [ok(check, `verified by the public API; the expected cookie is ${sessions.cookie} (session.cookie.name in the Kratos configuration)`)];
  return [fail(check, answer instanceof KratosError ? `cannot be verified: ${explain(answer)}` : "Kratos accepts any session; check KRATOS_PUBLIC_URL and KRATOS_HEADERS")];
}

/** What went wrong, and what to do about it, as in the log of the server. */
function explain(error: KratosError): string {
  return error instanceof KratosUnavailableError && error.detail !== undefined ? error.detail : describe(error);
}

/** If the clocks differ by more than this, tokens and links expire at the wrong time. */
const MAX_SKEW_MS = 5_000;

function checkClock(date: Date | undefined): Finding {
  if (!date) return note("Clock", "not checked: Kratos, or a proxy in front of it, sends no Date header");
  const skew = Math.abs(Date.now() - date.getTime());
  // The Date header has a resolution of one second.
  if (skew <= MAX_SKEW_MS) return ok("Clock", "agrees with the clock of Kratos");
  return fail("Clock", `differs from the clock of Kratos by ${Math.round(skew / 1000)} s; synchronize both with NTP. Otherwise, tokens and links expire at the wrong time`);
}
