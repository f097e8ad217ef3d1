import type { Config } from "../../config.js";
import { isExpired } from "../../server/auth/api-key.js";
import { checkRedis } from "../../server/limits/redis.js";
import { isLoopback } from "../../server/listen.js";
import { fail, note, ok, type Finding } from "./finding.js";

/** Checks who may call the server, and how often. */
export async function checkCallers(config: Config): Promise<Finding[]> {
  return [...(await checkAuthentication(config)), ...(await checkRateLimit(config))];
}

/** Lists who may call the server, and checks that the keys of the JWT issuer can be loaded. */
async function checkAuthentication({ authentication: { apiKeys, jwt, sessions }, host }: Config): Promise<Finding[]> {
  if (apiKeys.length === 0 && !jwt) {
    if (sessions && !sessions.optional) return [ok("Authentication", "signed-in users only, with their sessions of Kratos")];
    if (isLoopback(host)) return [note("Authentication", `none: anyone on this machine has access to everything at ${host}`)];
    return [fail("Authentication", `none: anyone who can reach ${host} has access to everything; set API_KEYS, or JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL, or KRATOS_SESSIONS=true for signed-in users only`)];
  }
  const findings = apiKeys.map((key) => {
    const check = `API key ${key.name}`;
    if (isExpired(key)) return note(check, `expired at ${key.expires!.toISOString()}; remove its line`);
    return ok(check, [...key.scopes].join(" ") + (key.expires ? `, until ${key.expires.toISOString()}` : ""));
  });
  if (jwt) findings.push(await checkIssuer(jwt.issuer, jwt.jwksUrl));
  return findings;
}

const JWKS_TIMEOUT_MS = 5_000;

async function checkIssuer(issuer: string, jwksUrl: string): Promise<Finding> {
  const check = `JWTs of ${issuer}`;
  try {
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(JWKS_TIMEOUT_MS), redirect: "manual" });
    const { keys } = (await response.json()) as { keys?: unknown[] };
    if (response.ok && Array.isArray(keys) && keys.length > 0) return ok(check, `found ${keys.length} ${keys.length === 1 ? "key" : "keys"} at ${jwksUrl}`);
    return fail(check, `found no keys at ${jwksUrl} (status ${response.status}); check JWT_JWKS_URL`);
  } catch (error) {
    const { message, cause } = error as Error;
    return fail(check, `found no keys at ${jwksUrl} (${cause instanceof Error ? cause.message : message}); check JWT_JWKS_URL`);
  }
}

/** Checks that requests can be counted in Redis. */
async function checkRateLimit({ facade: { rateLimit } }: Config): Promise<Finding[]> {
  if (rateLimit?.redisUrl === undefined) return [];
  const { host } = new URL(rateLimit.redisUrl);
  try {
    await checkRedis(rateLimit.redisUrl);
    return [ok("Redis", `counts requests at ${host}`)];
  } catch (error) {
    return [fail("Redis", `cannot count requests at ${host}, so each server counts on its own: ${(error as Error).message}`)];
  }
}
