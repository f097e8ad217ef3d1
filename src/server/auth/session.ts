import type { IncomingHttpHeaders } from "node:http";
import { getExtensions } from "../../graphql/errors.js";
import type { Caller } from "../../graphql/scopes.js";
import { type Kratos, KratosError, KratosSessionInvalidError, KratosSignInRequiredError, type SessionCredential } from "../../kratos/index.js";
import { HttpError, unauthenticated } from "../http-error.js";
import { API_KEY_PREFIX } from "./api-key.js";

/** How the sessions of Kratos' users are accepted. */
export interface SessionOptions {
  /** Name of Kratos' session cookie, e.g. `ory_kratos_session`. Default: only the tokens of apps are accepted. */
  readonly cookie?: string;
  /** Whether requests without any credential may do everything, to try the server out. Default: false. */
  readonly optional?: boolean;
}

/** What a request proves to be sent with. */
export interface FoundCredential {
  readonly credential: SessionCredential;
  /** Where it is in the request, for messages. */
  readonly place: string;
}

/** How the tokens of Kratos begin since v0.13. No API key and no JWT begins so. */
const TOKEN = /^Bearer +(ory_st_\S*)$/i;

/** Whether an Authorization header has a session token of Kratos. */
export function isSessionToken(authorization: string | undefined): boolean {
  return TOKEN.test(authorization ?? "");
}

/** Finds the session credentials of a request. It should have at most one. */
export function findSessionCredentials({ authorization, cookie, "x-session-token": header }: IncomingHttpHeaders, { cookie: name }: SessionOptions): FoundCredential[] {
  const found: FoundCredential[] = [];
  if (header) found.push({ place: "the header X-Session-Token", credential: { kind: "token", token: String(header) } });
  const [, token] = TOKEN.exec(authorization ?? "") ?? [];
  if (token) found.push({ place: "the session token in the Authorization header", credential: { kind: "token", token } });
  // Kratos uses the first cookie of this name, and ignores an empty one.
  const pair = name === undefined ? undefined : cookie?.split(";").map((part) => part.trim()).find((part) => part.startsWith(`${name}=`));
  if (name !== undefined && pair !== undefined && pair !== `${name}=`) found.push({ place: `the session cookie "${name}"`, credential: { kind: "cookie", name, cookie: pair } });
  return found;
}

/**
 * What a token or the value of a cookie of Kratos consists of. Anything else could be another header, or more than one cookie. Kratos
 * must not get a credential of this server either: an API key has a prefix, and a JWT has dots, which Kratos' own never have.
 */
const CREDENTIAL = /^[\w\-~+/=|%]{1,4096}$/;

/**
 * Asks Kratos whose session it is.
 * @throws {HttpError} UNAUTHENTICATED if Kratos does not accept the session, FORBIDDEN if a second factor is required,
 * AUTHENTICATION_UNAVAILABLE if Kratos cannot be asked
 */
export async function authenticateSession(kratos: Kratos, credential: SessionCredential): Promise<Caller> {
  const text = credential.kind === "token" ? credential.token : credential.cookie.slice(credential.name.length + 1);
  if (!CREDENTIAL.test(text) || text.startsWith(API_KEY_PREFIX)) throw sessionRequired("no_session");
  try {
    const user = await kratos.asUser(credential).whoami();
    return { name: `session:${user.identity.id}`, scopes: new Set(), user };
  } catch (error) {
    if (!(error instanceof KratosError)) throw error;
    if (error instanceof KratosSessionInvalidError) throw sessionRequired("no_session");
    if (error instanceof KratosSignInRequiredError) {
      const { code, ...extensions } = getExtensions(error);
      throw new HttpError(403, String(code), error.message, {}, { extensions });
    }
    const message = "The session cannot be verified at the moment, because Kratos cannot be asked. Try again later.";
    throw new HttpError(503, "AUTHENTICATION_UNAVAILABLE", message, { "retry-after": "5" }, { cause: error });
  }
}

/** The error for a request without a valid session. It is always the same, so that nobody learns what a session was. */
export function sessionRequired(reason: "missing" | "no_session"): HttpError {
  return unauthenticated(
    reason,
    'Authentication is required. Send a valid Kratos session: its cookie, or its token in the header "X-Session-Token". If you have an API key or a JWT, send it in the header "Authorization: Bearer <token>".',
  );
}
