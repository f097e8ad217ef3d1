import { ANYBODY, type Caller } from "../../graphql/scopes.js";
import { unauthenticated } from "../http-error.js";
import { type ApiKey, findApiKey, isExpired } from "./api-key.js";
import type { JwtOptions, JwtVerifier } from "./jwt.js";

/** Accepted credentials: API keys, JWTs or both. If there are none, every request is allowed. */
export interface AuthenticationOptions {
  readonly apiKeys: readonly ApiKey[];
  readonly jwt?: JwtOptions;
}

/** @param authorization the request's Authorization header */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;
/** A JWT contains two dots, an API key none. */
const JWT = /^[^.]+\.[^.]*\.[^.]*$/;

/**
 * Creates the function that authenticates each request.
 * @param apiKeys returns the keys that are accepted now. If there are none at the start, and no JWTs, every request is allowed
 * @param verifyJwt verifies JWTs, if they are accepted
 * @returns a function that resolves to the caller. It rejects with an `HttpError`: UNAUTHENTICATED if the header is missing
 * or invalid, AUTHENTICATION_UNAVAILABLE if the token cannot be verified at the moment
 */
export function createAuthenticate(apiKeys: () => readonly ApiKey[], verifyJwt?: JwtVerifier["verify"]): Authenticate {
  if (apiKeys().length === 0 && !verifyJwt) return () => Promise.resolve(ANYBODY);

  return async (authorization) => {
    if (authorization === undefined) throw unauthenticated("missing", 'Authentication is required. Send the header "Authorization: Bearer <token>".');
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated("malformed", 'The Authorization header must have the form "Bearer <token>".', "invalid_request");
    if (verifyJwt && JWT.test(token)) return verifyJwt(token);
    const key = findApiKey(apiKeys(), token);
    if (!key) throw unauthenticated("unknown", "The token is unknown. Check that it is complete and has not been revoked.");
    if (isExpired(key)) throw unauthenticated("expired", `The API key expired at ${key.expires!.toISOString()}. Ask the operator of this server for a new one.`);
    return { name: `key:${key.name}`, scopes: key.scopes };
  };
}
