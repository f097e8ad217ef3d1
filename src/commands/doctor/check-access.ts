import type { Config } from "../../config.js";
import { note, ok, fault, type Finding } from "./finding.js";

const TIMEOUT_MS = 5_000;

/** Who may call this server, and whether the keys of the tokens' issuer are at hand. */
export async function checkAccess({ authentication: { apiKeys, jwt }, host, facade }: Config): Promise<Finding[]> {
  if (apiKeys.length === 0 && !jwt) {
    const seen = `none: whoever reaches ${host} may do anything${facade.loopbackOnly ? "; that is this machine alone" : ""}`;
    return [facade.loopbackOnly ? note("Authentication", seen) : fault("Authentication", `${seen}. Set API_KEYS or JWT_ISSUER`)];
  }
  const findings: Finding[] = apiKeys.map(({ name, scopes }) => ok(`API key ${name}`, [...scopes].join(" ")));
  if (jwt) findings.push(await checkIssuer(jwt.issuer, jwt.jwksUrl));
  return findings;
}

async function checkIssuer(issuer: string, jwksUrl: string): Promise<Finding> {
  const check = `JWTs of ${issuer}`;
  try {
    const response = await fetch(jwksUrl, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: "manual" });
    const { keys } = (await response.json()) as { keys?: unknown[] };
    if (response.ok && Array.isArray(keys) && keys.length > 0) return ok(check, `${keys.length} keys at ${jwksUrl}`);
    return fault(check, `no keys at ${jwksUrl}, which answers with status ${response.status}: is JWT_JWKS_URL right?`);
  } catch (error) {
    const { message, cause } = error as Error;
    return fault(check, `no keys at ${jwksUrl} (${cause instanceof Error ? cause.message : message}): is JWT_JWKS_URL right?`);
  }
}
