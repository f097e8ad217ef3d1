import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";
import { type Caller, isScope, type Scope } from "../../graphql/scopes.js";
import { BadTokenError, KeysUnavailableError } from "./authenticate.js";

export interface JwtOptions {
  /** What `iss` must be. */
  readonly issuer: string;
  /** What `aud` must be, or hold. */
  readonly audience: string;
  /** Where the issuer's public keys are. */
  readonly jwksUrl: string;
  /** How far the clocks may be apart, in seconds. */
  readonly clockToleranceS: number;
}

/** Signatures by a key pair. One that is made with a shared secret is never taken: the public key would be that secret. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/** A name stands in each line of the log. */
const MAX_CHARACTERS = 256;

const TIMEOUT_MS = 5_000;
/** Keys are asked for again when they are older, and for a key that is not among them no more often than this. */
const CACHE_MAX_AGE_MS = 600_000;
const COOLDOWN_MS = 5_000;

/**
 * Makes the check of JWTs of one issuer. Its keys are loaded when they are first needed and kept; a new one is found
 * when a token comes that is signed with it.
 * @returns a function that gives the caller that a token names, or throws {@link BadTokenError} or {@link KeysUnavailableError}
 */
export function createJwtCheck({ issuer, audience, jwksUrl, clockToleranceS }: JwtOptions): (token: string) => Promise<Caller> {
  const keys = createRemoteJWKSet(new URL(jwksUrl), {
    timeoutDuration: TIMEOUT_MS,
    cacheMaxAge: CACHE_MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
  });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: clockToleranceS,
        requiredClaims: ["exp"],
      });
      return { name: `jwt:${bearerOf(payload)}`, scopes: new Set(scopesIn(payload)) };
    } catch (error) {
      throw mean(error);
    }
  };
}

/** Whose the token is: its subject, or the client that it was given to, as some issuers have it for services. */
function bearerOf({ sub, client_id, azp }: JWTPayload): string {
  const name = [sub, client_id, azp].find((claim) => typeof claim === "string" && claim !== "") as string | undefined;
  if (name === undefined || name.length > MAX_CHARACTERS) {
    throw new BadTokenError(`The token must say whose it is: "sub", "client_id" or "azp", of ${MAX_CHARACTERS} characters at the most.`);
  }
  return name;
}

/** `scope`, parted by blanks (RFC 8693), or `scp`, a list, as Ory Hydra and others have it. What is no scope of ours is left out. */
function scopesIn({ scope, scp }: JWTPayload): Scope[] {
  const given: unknown = scope ?? scp;
  const list: unknown[] = typeof given === "string" ? given.split(" ") : Array.isArray(given) ? given : [];
  return list.filter((text): text is Scope => typeof text === "string" && isScope(text));
}

function mean(error: unknown): Error {
  if (error instanceof BadTokenError) return error;
  if (error instanceof errors.JWTExpired) return new BadTokenError("The token has expired.");
  if (error instanceof errors.JWTClaimValidationFailed) return new BadTokenError(`The token's "${error.claim}" is not what is expected here.`);
  if (error instanceof errors.JWSSignatureVerificationFailed) return new BadTokenError("The token's signature is not right.");
  if (error instanceof errors.JWKSNoMatchingKey) return new BadTokenError("The token is signed with a key that its issuer does not have.");
  if (error instanceof errors.JWKSMultipleMatchingKeys) return new BadTokenError('The token does not say by a "kid" which of its issuer\'s keys it is signed with.');
  if (error instanceof errors.JOSEAlgNotAllowed) return new BadTokenError("The token is signed in a way that is not taken here.");
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof errors.JOSENotSupported) {
    return new BadTokenError("The token is no JWT that is taken here.");
  }
  return new KeysUnavailableError("The keys of the token's issuer cannot be had now.", { cause: error });
}
