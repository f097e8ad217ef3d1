import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { type Caller, isScope, type Scope } from "../../graphql/scopes.js";
import { HttpError, unauthenticated } from "../http-error.js";

export interface JwtOptions {
  /** Required value of `iss`. */
  readonly issuer: string;
  /** Value that `aud` must be or contain. */
  readonly audience: string;
  /** URL of the issuer's public keys (JWKS). */
  readonly jwksUrl: string;
  /** Tolerated difference between the clocks, in seconds. */
  readonly clockToleranceS: number;
}

/** Asymmetric signatures only. If HS256 were accepted, anyone could sign tokens using the public key as the shared secret. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/** Maximum length of a caller's name, which is part of every log line. */
const MAX_NAME_LENGTH = 256;

const JWKS_TIMEOUT_MS = 5_000;
const JWKS_TTL_MS = 600_000;
/** Minimum interval between two requests for the keys if a token is signed with an unknown key. */
const JWKS_COOLDOWN_MS = 5_000;

/**
 * Creates the verifier for JWTs of one issuer. It loads the issuer's keys when they are first needed, and again when a token
 * is signed with a key that is not among them.
 * @returns a function that resolves to the caller named by the token, or rejects with an {@link HttpError}
 */
export function createJwtVerifier({ issuer, audience, jwksUrl, clockToleranceS }: JwtOptions): (token: string) => Promise<Caller> {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cacheMaxAge: JWKS_TTL_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
  });
  return async (token) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: clockToleranceS,
      requiredClaims: ["exp"],
    }).catch((error: unknown) => {
      throw toHttpError(error);
    });
    return { name: `jwt:${getName(payload)}`, scopes: new Set(getScopes(payload)) };
  };
}

/** The token's subject, or the client it was issued to: some issuers set only that for services. */
function getName({ sub, client_id, azp }: JWTPayload): string {
  const name = [sub, client_id, azp].find((claim) => typeof claim === "string" && claim !== "") as string | undefined;
  if (name === undefined || name.length > MAX_NAME_LENGTH) {
    throw invalidToken(`The token must name its owner in "sub", "client_id" or "azp", with at most ${MAX_NAME_LENGTH} characters.`);
  }
  return name;
}

/** `scope`, separated by spaces (RFC 8693), or `scp`, a list, e.g. of Ory Hydra. Unknown scopes are ignored. */
function getScopes({ scope, scp }: JWTPayload): Scope[] {
  const claim: unknown = scope ?? scp;
  const scopes: unknown[] = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
  return scopes.filter((text): text is Scope => typeof text === "string" && isScope(text));
}

function invalidToken(message: string): HttpError {
  return unauthenticated(message, "invalid_token");
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof errors.JWTExpired) return invalidToken("The token has expired. Request a new one from its issuer.");
  if (error instanceof errors.JWTClaimValidationFailed) return invalidToken(`The token's claim "${error.claim}" does not have the expected value.`);
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalidToken("The token's signature is invalid.");
  if (error instanceof errors.JWKSNoMatchingKey) return invalidToken("The token is signed with a key that its issuer does not publish.");
  if (error instanceof errors.JWKSMultipleMatchingKeys) return invalidToken('The token\'s header must have a "kid", because its issuer has several keys.');
  if (error instanceof errors.JOSEAlgNotAllowed) return invalidToken(`The token's signature algorithm must be one of ${ALGORITHMS.join(", ")}.`);
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof errors.JOSENotSupported) {
    return invalidToken("The token is not a valid signed JWT.");
  }
  const message = "The keys of the token's issuer cannot be loaded at the moment. Try again in a few seconds.";
  return new HttpError(503, "AUTHENTICATION_UNAVAILABLE", message, { "retry-after": "5" }, { cause: error });
}
