import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import { setTimeout } from "node:timers/promises";
import { type Caller, isScope, type Scope } from "../../graphql/scopes.js";
import { HttpError, type TokenProblem, unauthenticated } from "../http-error.js";
import { errorForLog, type Logger } from "../logger.js";

export interface JwtOptions {
  /** Required value of `iss`. */
  readonly issuer: string;
  /** Value that `aud` must be or contain. */
  readonly audience: string;
  /** URL of the issuer's public keys (JWKS). */
  readonly jwksUrl: string;
  /** Tolerated difference between the clocks, in seconds. */
  readonly clockToleranceS: number;
  /**
   * Which tokens are access tokens: those whose header has the type `at+jwt` (RFC 9068), or, with `JWT`, also those of issuers
   * that give all their tokens the type `JWT` or none, e.g. Ory Hydra, unless their claims are those of an ID token.
   * Default: `at+jwt`.
   */
  readonly tokenType?: "at+jwt" | "JWT";
  /** Maximum time between `iat` and `exp`, in seconds. Default: one day. */
  readonly maxLifetimeS?: number;
}

const DEFAULT_MAX_LIFETIME_S = 86_400;

/** Asymmetric signatures only. If HS256 were accepted, anyone could sign tokens using the public key as the shared secret. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/** Maximum length of a caller's name, which is part of every log line. */
const MAX_NAME_LENGTH = 256;

const JWKS_TIMEOUT_MS = 5_000;
/** Keys of this age are compared with the issuer's in the background. */
const JWKS_REFRESH_MS = 30_000;
/** A key that the issuer has withdrawn is accepted for at most this time: callers wait for the comparison. */
const JWKS_MAX_AGE_MS = 60_000;
/** If the issuer takes longer to respond to the comparison, callers no longer wait for it. */
const JWKS_PATIENCE_MS = 1_000;
/** While the issuer is unavailable, its keys are accepted for at most this time. */
const JWKS_TTL_MS = 600_000;
/** Minimum interval between two requests for the keys if a token is signed with an unknown key. */
const JWKS_COOLDOWN_MS = 5_000;

/** Verifies JWTs of one issuer. */
export interface JwtVerifier {
  /** Resolves to the caller named by the token, or rejects with an {@link HttpError}. */
  verify(token: string): Promise<Caller>;
  /** Loads the issuer's keys, unless they have been loaded within half a minute. Never fails. */
  refreshKeys(): Promise<void>;
}

export function createJwtVerifier(options: JwtOptions, logger: Logger): JwtVerifier {
  const { issuer, audience, clockToleranceS, tokenType = "at+jwt", maxLifetimeS = DEFAULT_MAX_LIFETIME_S } = options;
  const keys = new IssuerKeys(options, logger);
  const verify = async (token: string): Promise<Caller> => {
    const { payload, protectedHeader } = await jwtVerify(token, keys.get, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: clockToleranceS,
      requiredClaims: ["exp"],
      // Also requires `iat`, which must not be in the future.
      maxTokenAge: maxLifetimeS,
    }).catch((error: unknown) => {
      throw toHttpError(error);
    });
    if (payload.exp! - payload.iat! > maxLifetimeS) throw unauthenticated("wrong_claims", `The token must be valid for at most ${maxLifetimeS} seconds.`);
    // The token alone must not be enough (RFC 8705 and RFC 9449), but the proof that must come with it is not supported here.
    if (payload["cnf"] !== undefined) {
      throw unauthenticated("wrong_type", 'The token must be a bearer token: it is bound to a key of its owner ("cnf", DPoP or mutual TLS), which this server cannot verify.');
    }
    checkType(tokenType, protectedHeader.typ, payload);
    return { name: getName(payload), scopes: new Set(getScopes(payload)) };
  };
  return { verify, refreshKeys: () => keys.refresh() };
}

/**
 * The issuer's keys. They are loaded when they are first needed, when a token is signed with a key that is not among them, and
 * when they have not been compared with the issuer's for half a minute. If that fails, the log says so once.
 */
class IssuerKeys {
  readonly #keys;
  #isAvailable = true;
  #loadedAt = -Infinity;
  #refreshedAt = -Infinity;
  /** The running comparison, as long as callers wait for it. */
  #refresh?: Promise<void>;

  constructor(
    private readonly options: JwtOptions,
    private readonly logger: Logger,
  ) {
    this.#keys = createRemoteJWKSet(new URL(options.jwksUrl), {
      timeoutDuration: JWKS_TIMEOUT_MS,
      cacheMaxAge: JWKS_TTL_MS,
      cooldownDuration: JWKS_COOLDOWN_MS,
    });
  }

  /** Finds the key of a token. A property, as jose calls it. */
  readonly get: JWTVerifyGetKey = async (...token) => {
    const hadKeys = this.#keys.jwks() !== undefined;
    if (hadKeys && this.#isOld) void this.refresh();
    // Once the issuer is known to be unavailable, nobody waits for it.
    if (this.#isAvailable && Date.now() - this.#loadedAt >= JWKS_MAX_AGE_MS) await this.#refresh;
    try {
      const key = await this.#keys(...token);
      if (!hadKeys) this.#onLoaded();
      return key;
    } catch (error) {
      if (toHttpError(error).status === 503) this.#onFailure(error);
      throw error;
    }
  };

  /** If it fails, the keys stay until they are too old, and the next call tries again. */
  async refresh(): Promise<void> {
    if (this.#isAvailable && !this.#isOld) return;
    this.#refreshedAt = Date.now();
    const refresh = this.#keys.reload().then(
      () => this.#onLoaded(),
      (error: unknown) => this.#onFailure(error),
    );
    this.#refresh = Promise.race([refresh, setTimeout(JWKS_PATIENCE_MS, undefined, { ref: false })]);
    await refresh;
  }

  get #isOld(): boolean {
    return Date.now() - this.#refreshedAt >= JWKS_REFRESH_MS;
  }

  #onLoaded(): void {
    this.#loadedAt = this.#refreshedAt = Date.now();
    if (!this.#isAvailable) this.logger.warn({ issuer: this.options.issuer }, "The keys of the JWT issuer can be loaded again.");
    this.#isAvailable = true;
  }

  /** Called for each failure. Only the first one is logged. */
  #onFailure(error: unknown): void {
    const fields = { issuer: this.options.issuer, err: errorForLog(error) };
    if (this.#isAvailable) this.logger.warn(fields, "The keys of the JWT issuer cannot be loaded. Known keys are accepted for ten minutes.");
    this.#isAvailable = false;
  }
}

/** Claims that only ID tokens and logout tokens have. */
const OTHER_TOKENS_CLAIMS = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/** In these claims, Keycloak (`typ`) and Amazon Cognito (`token_use`) say what a token is. Keycloak's are e.g. `ID`, `Refresh` or `Logout`. */
const isAccessToken = ({ typ, token_use }: JWTPayload) => [undefined, "Bearer"].includes(typ as string) && [undefined, "access"].includes(token_use as string);

/**
 * Checks that a token is an access token. An ID token tells an application who its user is, and must not grant access here.
 * @param typ the type in the token's header
 */
function checkType(tokenType: "at+jwt" | "JWT", typ: unknown, payload: JWTPayload): void {
  const type = typeof typ === "string" ? typ.toLowerCase().replace(/^application\//, "") : typ;
  if (type === "at+jwt") return;
  if (tokenType === "at+jwt") {
    throw unauthenticated("wrong_type", 'The "typ" in the token\'s header must be "at+jwt". If its issuer does not mark access tokens this way, the server must be started with JWT_TYP=JWT.');
  }
  const isOther = OTHER_TOKENS_CLAIMS.some((claim) => claim in payload) || !isAccessToken(payload);
  const hasScopes = payload["scope"] !== undefined || payload["scp"] !== undefined;
  if ((type !== undefined && type !== "jwt") || isOther || !hasScopes) {
    throw unauthenticated("wrong_type", 'The token must be an access token: of the type "JWT" or "at+jwt", with scopes in "scope" or "scp", and without the claims of another kind of token.');
  }
}

/**
 * The name of the user or of the client that a token was issued to. A client acts for itself if it is the subject, or the only
 * one named. Clients have a prefix of their own, so that a client cannot be registered under the name of a user.
 */
function getName({ sub, client_id, azp }: JWTPayload): string {
  const client = [client_id, azp].find(isName);
  const name = isName(sub) ? sub : client;
  if (name === undefined || name.length > MAX_NAME_LENGTH) {
    throw unauthenticated("wrong_claims", `The token must name its owner in "sub", "client_id" or "azp", with at most ${MAX_NAME_LENGTH} characters.`);
  }
  return `${name === client ? "jwt-client" : "jwt"}:${name}`;
}

function isName(claim: unknown): claim is string {
  return typeof claim === "string" && claim !== "";
}

/** `scope`, separated by spaces (RFC 8693), or `scp`, a list, e.g. of Ory Hydra. Unknown scopes are ignored. */
function getScopes({ scope, scp }: JWTPayload): Scope[] {
  const claim: unknown = scope ?? scp;
  const scopes: unknown[] = typeof claim === "string" ? claim.split(" ") : Array.isArray(claim) ? claim : [];
  return scopes.filter((text): text is Scope => typeof text === "string" && isScope(text));
}

const CLAIM_PROBLEMS: Readonly<Record<string, TokenProblem>> = { aud: "wrong_audience", iss: "wrong_issuer" };

function toClaimError({ claim, reason }: errors.JWTClaimValidationFailed): HttpError {
  if (reason === "check_failed" && (claim === "nbf" || claim === "iat")) return unauthenticated("not_yet_valid", "The token is not valid yet. Check the clock of its issuer.");
  return unauthenticated(CLAIM_PROBLEMS[claim] ?? "wrong_claims", `The token's claim "${claim}" does not have the expected value.`);
}

function toHttpError(error: unknown): HttpError {
  if (error instanceof errors.JWTExpired) return unauthenticated("expired", "The token has expired. Request a new one from its issuer.");
  if (error instanceof errors.JWTClaimValidationFailed) return toClaimError(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return unauthenticated("wrong_signature", "The token's signature is invalid.");
  if (error instanceof errors.JWKSNoMatchingKey) return unauthenticated("unknown_key", "The token is signed with a key that its issuer does not publish.");
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return unauthenticated("unknown_key", 'The token\'s header must have a "kid", because its issuer has several keys.');
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return unauthenticated("wrong_algorithm", `The token's signature algorithm must be one of ${ALGORITHMS.join(", ")}.`);
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof errors.JOSENotSupported) {
    return unauthenticated("malformed", "The token is not a valid signed JWT.");
  }
  const message = "The keys of the token's issuer cannot be loaded at the moment. Try again in a few seconds.";
  return new HttpError(503, "AUTHENTICATION_UNAVAILABLE", message, { "retry-after": "5" }, { cause: error });
}
