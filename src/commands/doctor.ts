import { graphql, type GraphQLSchema } from "graphql";
import { type Config, ConfigError, loadConfig } from "../config.js";
import { createContext } from "../graphql/context.js";
import { buildFacadeSchema } from "../graphql/schema.js";
import { type Features, Kratos, KratosError } from "../kratos/index.js";

/** What one check found. A fault ends the doctor with 1; a note is something to know. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "note" | "fault";
  /** What was seen, and what to do about it where it is not well. */
  readonly seen: string;
}

export const ok = (check: string, seen: string): Finding => ({ check, verdict: "ok", seen });
export const note = (check: string, seen: string): Finding => ({ check, verdict: "note", seen });
export const fault = (check: string, seen: string): Finding => ({ check, verdict: "fault", seen });

const SIGNS = { ok: "ok", note: "note", fault: "FAULT" };

/** Findings as lines of text, in columns, with a last line that says how many faults there are. */
export function toTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, verdict, seen }) => `${SIGNS[verdict].padEnd(5)}  ${check.padEnd(width)}  ${seen}`);
  const faults = findings.filter(({ verdict }) => verdict === "fault").length;
  const summary = faults === 0 ? "No faults." : `${faults} ${faults === 1 ? "fault" : "faults"}.`;
  return `${lines.join("\n")}\n\n${summary}\n`;
}

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

/** How far the clocks may be apart before tokens and the expiry of links go wrong. */
const MAX_SKEW_MS = 5_000;

/** What a release does not have, by the feature that came later. */
const MISSING: readonly (readonly [keyof Features, check: string, seen: string])[] = [
  ["state", "Identity.state", "null: Kratos has it from v0.7 on"],
  ["metadata", "Identity.metadataPublic, metadataAdmin", "null: Kratos has them from v0.10 on"],
  ["patch", "updateIdentity", "two requests, a read and a replacement: before v0.11 Kratos cannot change a part"],
  ["idsFilter", "identities by id, _entities", "a request for each, 16 at a time: Kratos takes several ids at once from v1.1 on"],
];

/** Whether Kratos is reached at both its addresses, which release it is, and whether the clocks agree. */
export async function checkKratos(kratos: Kratos, adminUrl: string, publicUrl: string | undefined): Promise<Finding[]> {
  const admin = await kratos.system.reach("admin");
  if (!admin) return [fault("Kratos' admin API", `not reached at ${adminUrl}: is Kratos up, is KRATOS_ADMIN_URL right, does a network policy allow it?`)];
  const findings = [ok("Kratos' admin API", `reached at ${adminUrl}`)];

  const { ready, failing } = await kratos.system.readiness();
  findings.push(ready ? ok("Kratos' health", "ready") : fault("Kratos' health", `not ready: ${failing.join(", ") || "it does not say why"} (see Kratos' own log)`));

  try {
    const { name: version, features } = await kratos.system.detectVersion();
    findings.push(ok("Kratos' version", version));
    if (features.publicPort) findings.push(await checkPublic(kratos, publicUrl, version));
    for (const [feature, check, seen] of MISSING) if (!features[feature]) findings.push(note(check, seen));
  } catch (error) {
    if (!(error instanceof KratosError)) throw error;
    findings.push(fault("Kratos' version", error.message));
  }
  findings.push(checkClock(admin.date));
  return findings;
}

async function checkPublic(kratos: Kratos, publicUrl: string | undefined, version: string): Promise<Finding> {
  const check = "Kratos' public API";
  if (publicUrl === undefined) return fault(check, `KRATOS_PUBLIC_URL is not set: ${version} serves flows, self-service errors and identity schemas there`);
  if (await kratos.system.reach("public")) return ok(check, `reached at ${publicUrl}`);
  return fault(check, `not reached at ${publicUrl}: is KRATOS_PUBLIC_URL right, does a network policy allow it?`);
}

function checkClock(date: Date | undefined): Finding {
  if (!date) return note("Clock", "Kratos, or a proxy before it, does not say what time it has");
  const skew = Math.abs(Date.now() - date.getTime());
  // The header has whole seconds.
  if (skew <= MAX_SKEW_MS) return ok("Clock", "as Kratos' clock, give or take a second");
  return fault("Clock", `${Math.round(skew / 1000)} s off Kratos' clock: set both by NTP, or tokens and links expire at the wrong time`);
}

/** An id that no identity and no flow has. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** For each field of Query a question that changes nothing. */
const QUESTIONS: Readonly<Record<string, string>> = {
  version: "version",
  health: "health { ready }",
  metrics: "metrics",
  identities: "identities(first: 1) { edges { node { id } } }",
  identity: `identity(id: "${NOBODY}") { id }`,
  identitySchema: 'identitySchema(id: "default") { id }',
  loginFlow: `loginFlow(id: "${NOBODY}") { id }`,
  registrationFlow: `registrationFlow(id: "${NOBODY}") { id }`,
  recoveryFlow: `recoveryFlow(id: "${NOBODY}") { id }`,
  verificationFlow: `verificationFlow(id: "${NOBODY}") { id }`,
  settingsFlow: `settingsFlow(id: "${NOBODY}") { id }`,
  selfServiceError: 'selfServiceError(id: "stub:500") { id }',
  _entities: `_entities(representations: [{ __typename: "Identity", id: "${NOBODY}" }]) { __typename }`,
  _service: "_service { sdl }",
};

/** What of the graph works with this Kratos: every field of Query is asked for; mutations are not. */
export async function checkGraph(kratos: Kratos): Promise<Finding[]> {
  const { schema } = buildFacadeSchema();
  const findings = await Promise.all(Object.keys(schema.getQueryType()!.getFields()).map((field) => ask(schema, field, kratos)));
  return [...findings, note("Mutations", "not tried, as they change something")];
}

async function ask(schema: GraphQLSchema, field: string, kratos: Kratos): Promise<Finding> {
  const check = `Query.${field}`;
  const { data, errors } = await graphql({ schema, source: `{ ${QUESTIONS[field]} }`, contextValue: createContext({ kratos }) });
  const [error] = errors ?? [];
  if (!error) return ok(check, data?.[field] === null ? "works (there is none of what was asked for)" : "works");
  // Newer releases tell only a flow's own user whether there is one; what is switched off is Kratos' configuration.
  if (error.originalError?.name === "KratosForbiddenError") return ok(check, "works (for the user whose flow it is)");
  if (error.originalError?.name === "KratosDisabledError") return note(check, error.message);
  return fault(check, error.message);
}

/**
 * Looks at a deployment from where it runs, with the configuration that the server would have, and prints what it finds.
 * Nothing is changed. The process ends with 1 where there is a fault.
 */
export async function doctor(): Promise<void> {
  const findings = await examine();
  process.stdout.write(toTable(findings));
  if (findings.some(({ verdict }) => verdict === "fault")) process.exitCode = 1;
}

async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => fault("Configuration", problem));
  }
  const findings = [ok("Configuration", "every variable is as it must be"), ...(await checkAccess(config))];
  const { kratosAdminUrl: adminUrl, kratosPublicUrl: publicUrl } = config;
  if (adminUrl === undefined) {
    return [...findings, note("Kratos", "KRATOS_ADMIN_URL is not set: the server would start an embedded one, to try it out")];
  }
  const kratos = new Kratos({ adminUrl, publicUrl, version: config.kratosVersion, timeoutMs: config.kratosTimeoutMs, ...config.kratos });
  findings.push(...(await checkKratos(kratos, adminUrl, publicUrl)));
  const reached = findings.some(({ check, verdict }) => check === "Kratos' version" && verdict === "ok");
  return reached ? [...findings, ...(await checkGraph(kratos))] : findings;
}
