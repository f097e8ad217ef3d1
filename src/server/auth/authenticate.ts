import type { IncomingMessage } from "node:http";
import { ANYBODY, type Caller } from "../../graphql/scopes.js";
import type { Kratos } from "../../kratos/index.js";
import { HttpError, unauthenticated } from "../http-error.js";
import { type ApiKey, findApiKey, isExpired } from "./api-key.js";
import type { JwtOptions, JwtVerifier } from "./jwt.js";
import { authenticateSession, findSessionCredentials, isSessionToken, sessionRequired, type SessionOptions } from "./session.js";

/** Accepted credentials: API keys, JWTs, sessions of Kratos, or several of them. If there are none, every request is allowed. */
export interface AuthenticationOptions {
  readonly apiKeys: readonly ApiKey[];
  readonly jwt?: JwtOptions;
  /** Whose sessions are users, who have no scopes. Default: sessions are not accepted. */
  readonly sessions?: SessionOptions;
}

/** Whether requests without any credential may do everything. */
export function isOpen({ apiKeys, jwt, sessions }: AuthenticationOptions): boolean {
  return apiKeys.length === 0 && !jwt && (!sessions || sessions.optional === true);
}

/** @param kratos is asked for the user of a session */
export type Authenticate = (request: IncomingMessage, kratos: Kratos) => Promise<Caller>;

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;
/** A JWT contains two dots, an API key none. */
const JWT = /^[^.]+\.[^.]*\.[^.]*$/;

/**
 * Creates the function that authenticates each request.
 * @param apiKeys returns the keys that are accepted now. If there are none at the start, and neither JWTs nor sessions are
 * accepted, every request is allowed
 * @param verifyJwt verifies JWTs, if they are accepted
 * @param sessions how sessions of Kratos are accepted, if they are
 * @returns a function that resolves to the caller. It rejects with an `HttpError`: UNAUTHENTICATED if the credential is missing
 * or invalid, AUTHENTICATION_UNAVAILABLE if it cannot be verified at the moment
 */
export function createAuthenticate(apiKeys: () => readonly ApiKey[], verifyJwt?: JwtVerifier["verify"], sessions?: SessionOptions): Authenticate {
  const hasTokens = apiKeys().length > 0 || verifyJwt !== undefined;
  const allowsAnybody = !hasTokens && (!sessions || sessions.optional);

  async function authenticateToken(authorization: string | undefined): Promise<Caller> {
    if (authorization === undefined) {
      throw sessions ? sessionRequired("missing") : unauthenticated("missing", 'Authentication is required. Send the header "Authorization: Bearer <token>".');
    }
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated("malformed", 'The Authorization header must have the form "Bearer <token>".', "invalid_request");
    if (verifyJwt && JWT.test(token)) return verifyJwt(token);
    const key = findApiKey(apiKeys(), token);
    if (!key) throw unauthenticated("unknown", `The token is unknown. Check that it is complete and has not been revoked.${sessions ? " Send a session token that does not begin with ory_st_ in the header X-Session-Token." : ""}`);
    if (isExpired(key)) throw unauthenticated("expired", `The API key expired at ${key.expires!.toISOString()}. Ask the operator of this server for a new one.`);
    return { name: `key:${key.name}`, scopes: key.scopes };
  }

  return async ({ headers }, kratos) => {
    const found = sessions ? findSessionCredentials(headers, sessions) : [];
    const { authorization } = headers;
    const hasToken = authorization !== undefined && !(sessions && isSessionToken(authorization));
    const places = [...found.map(({ place }) => place), ...(hasToken ? ["the Authorization header"] : [])];
    // Kratos and this server could each believe another one.
    if (found.length > 0 && places.length > 1) {
      throw new HttpError(400, "BAD_REQUEST", `Send one credential only: an API key, a token, or a session of Kratos. Received ${places.join(" and ")}. To leave out the cookie in a browser, call "fetch" with the option "credentials: 'omit'", or use a private window.`);
    }
    const [session] = found;
    if (session) return authenticateSession(kratos, session.credential);
    return allowsAnybody ? ANYBODY : authenticateToken(authorization);
  };
}
