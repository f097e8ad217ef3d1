import { ANYBODY, type Caller } from "../../graphql/scopes.js";
import { HttpError } from "../http-error.js";
import { type ApiKey, findApiKey } from "./api-key.js";
import type { JwtOptions } from "./jwt.js";

/** The token will not do. `message` says why, in words that may be told to whoever sent it. */
export class BadTokenError extends Error {}

/** The issuer's keys cannot be had now, so no token can be checked. */
export class KeysUnavailableError extends Error {}

/** How callers prove who they are: either of these does. Where there is neither, anybody is let in. */
export interface AuthenticationOptions {
  readonly apiKeys: readonly ApiKey[];
  readonly jwt?: JwtOptions;
}

/** @param authorization the request's Authorization header */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

const BEARER = /^Bearer +([\w\-.~+/]+=*)$/i;
/** JWTs have two dots, API keys none. */
const JWT = /^[^.]+\.[^.]*\.[^.]*$/;

/**
 * Makes the check that each request goes through.
 * @returns a function that gives the caller, or throws a {@link HttpError}: UNAUTHENTICATED where the header will not do,
 * AUTHENTICATION_UNAVAILABLE where that cannot be told now
 */
export async function createAuthenticate({ apiKeys, jwt }: AuthenticationOptions): Promise<Authenticate> {
  if (apiKeys.length === 0 && !jwt) return () => Promise.resolve(ANYBODY);
  // Loaded only here: who has no JWTs starts faster without it.
  const checkJwt = jwt && (await import("./jwt.js")).createJwtCheck(jwt);

  return async (authorization) => {
    if (authorization === undefined) throw unauthenticated('This needs a token: send the header "Authorization: Bearer <token>".');
    const [, token] = BEARER.exec(authorization) ?? [];
    if (token === undefined) throw unauthenticated('The Authorization header is not of the form "Bearer <token>".', "invalid_request");
    if (checkJwt && JWT.test(token)) return checkJwt(token).catch(refuse);
    const key = findApiKey(apiKeys, token);
    if (!key) throw unauthenticated("The token is none that is known here.", "invalid_token");
    return { name: `key:${key.name}`, scopes: key.scopes };
  };
}

function refuse(error: unknown): never {
  if (error instanceof BadTokenError) throw unauthenticated(error.message, "invalid_token");
  if (error instanceof KeysUnavailableError) {
    throw new HttpError(503, "AUTHENTICATION_UNAVAILABLE", error.message, { "retry-after": "5" }, { cause: error.cause });
  }
  throw error;
}

/** @param error by RFC 6750, which says to leave it out where no token came */
function unauthenticated(message: string, error?: "invalid_request" | "invalid_token"): HttpError {
  const challenge = `Bearer realm="kratos-graphql"${error ? `, error="${error}"` : ""}`;
  return new HttpError(401, "UNAUTHENTICATED", message, { "www-authenticate": challenge });
}
