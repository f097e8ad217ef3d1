import { randomBytes } from "node:crypto";
import { KratosError } from "./errors.js";
import type { Identities } from "./identities.js";
import { readCookie, type KratosRequest } from "./server.js";
import type { Session, Sessions } from "./sessions.js";

const COOKIE = "ory_kratos_session";

/** The credentials that are a second factor. */
const SECOND_FACTORS = ["totp", "lookup_secret"] as const;

/** The error if a browser has no session. */
export const NO_ACTIVE_SESSION = new KratosError(401, {
  id: "session_inactive",
  reason: "No active session was found in this request.",
  message: "request does not have a valid authentication session",
});

/** Knows who sends a request to the public API. */
export class Authentication {
  constructor(
    private readonly identities: Identities,
    private readonly sessions: Sessions,
    private readonly publicUrl: string,
  ) {}

  /** The session that a request proves: its X-Session-Token beats its cookie, and that beats its Bearer token. */
  find(request: KratosRequest): Session | undefined {
    const { "x-session-token": header, authorization = "" } = request.headers;
    const token = (header as string | undefined) || tokenOf(readCookie(request, COOKIE)) || /^bearer (.+)$/i.exec(authorization)?.[1];
    return token === undefined ? undefined : this.sessions.findByToken(token);
  }

  /** @param missing the error if there is none */
  get(request: KratosRequest, missing: KratosError): Session {
    const session = this.find(request);
    if (!session) throw missing;
    return session;
  }

  /** The session that a request proves, also with a second factor if its identity has one: by default newer versions of Kratos require that. */
  getStrong(request: KratosRequest, missing: KratosError): Session {
    const session = this.get(request, missing);
    const credentials = this.identities.getCredentials(session.identityId);
    if (session.methods.some(({ aal }) => aal === "aal2") || !SECOND_FACTORS.some((type) => credentials?.[type])) return session;
    const login = { redirect_browser_to: `${this.publicUrl}/self-service/login/browser?aal=aal2` };
    const fields = { id: "session_aal2_required", reason: SECOND_FACTOR_REQUIRED, details: login };
    throw new KratosError(403, { ...fields, message: "Session does not fulfill the requested Authenticator Assurance Level" }, { json: login });
  }
}

const SECOND_FACTOR_REQUIRED =
  "An active session was found but it does not fulfill the requested Authenticator Assurance Level. Please verify yourself with a second factor to resolve this issue.";

/** The Set-Cookie header of a session. Its value is another one each time. */
export function toSessionCookie({ token, expiresAt }: Session): string {
  const value = Buffer.from(`${randomBytes(12).toString("hex")}|${token}`).toString("base64url");
  const maxAge = Math.floor((expiresAt - Date.now()) / 1000);
  return `${COOKIE}=${value}; Path=/; Expires=${new Date(expiresAt).toUTCString()}; Max-Age=${maxAge}; HttpOnly; Secure; SameSite=Lax`;
}

/** The Set-Cookie header after a logout. */
export const CLEARED_SESSION_COOKIE = `${COOKIE}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; HttpOnly; Secure; SameSite=Lax`;

const tokenOf = (cookie = ""): string | undefined => Buffer.from(cookie, "base64url").toString().split("|")[1];
