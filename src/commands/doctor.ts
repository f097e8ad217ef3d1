import { graphql, type GraphQLSchema } from "graphql";
import { type Config, ConfigError, loadConfig } from "../config.js";
import { createContext } from "../graphql/context.js";
import { buildFacadeSchema } from "../graphql/schema.js";
import { hasTrait } from "../graphql/traits-mask.js";
import { type Features, Kratos, KratosError } from "../kratos/index.js";
import { isExpired } from "../server/auth/api-key.js";
import { isLoopback } from "../server/listen.js";

/** The result of one check. A failure makes the command exit with 1, a note is only for information. */
interface Finding {
  readonly check: string;
  readonly status: "ok" | "note" | "FAIL";
  /** What was found and, after a failure, what to do about it. */
  readonly message: string;
}

const ok = (check: string, message: string): Finding => ({ check, status: "ok", message });
const note = (check: string, message: string): Finding => ({ check, status: "note", message });
const fail = (check: string, message: string): Finding => ({ check, status: "FAIL", message });

/**
 * Checks a deployment from where it runs, with the configuration that the server would use, and prints the results.
 * It changes nothing. The process exits with 1 if a check fails.
 */
export async function doctor(): Promise<void> {
  const findings = await examine();
  process.stdout.write(toTable(findings));
  if (findings.some(({ status }) => status === "FAIL")) process.exitCode = 1;
}

function toTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, status, message }) => `${status.padEnd(4)}  ${check.padEnd(width)}  ${message}`);
  const failed = findings.filter(({ status }) => status === "FAIL").length;
  const summary = failed === 0 ? "No problems found." : `${failed} ${failed === 1 ? "problem" : "problems"} found.`;
  return `${lines.join("\n")}\n\n${summary}\n`;
}

async function examine(): Promise<Finding[]> {
  let config: Config;
  try {
    config = loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => fail("Configuration", problem));
  }
  const findings = [ok("Configuration", "all variables are valid"), ...(await checkAuthentication(config))];
  const { kratosAdminUrl: adminUrl, kratosPublicUrl: publicUrl } = config;
  if (adminUrl === undefined) {
    return [...findings, note("Kratos", "KRATOS_ADMIN_URL is not set: the server would use the built-in fake Kratos")];
  }
  const kratos = new Kratos({ adminUrl, publicUrl, version: config.kratosVersion, timeoutMs: config.kratosTimeoutMs, ...config.kratos });
  findings.push(...(await checkKratos(kratos, adminUrl, publicUrl)));
  const versionKnown = findings.some(({ check, status }) => check === "Kratos version" && status === "ok");
  return versionKnown ? [...findings, ...(await checkTraitsMask(kratos, config.facade.traitsMask ?? [])), ...(await checkGraph(kratos))] : findings;
}

/** Lists who may call the server, and checks that the keys of the JWT issuer can be loaded. */
async function checkAuthentication({ authentication: { apiKeys, jwt }, host }: Config): Promise<Finding[]> {
  if (apiKeys.length === 0 && !jwt) {
    if (isLoopback(host)) return [note("Authentication", `none: anyone on this machine has access to everything at ${host}`)];
    return [fail("Authentication", `none: anyone who can reach ${host} has access to everything; set API_KEYS, or JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL`)];
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

/** Features that older versions of Kratos do not have, and what that means for the graph. */
const MISSING: readonly (readonly [keyof Features, check: string, message: string])[] = [
  ["state", "Identity.state", "always null: requires Kratos v0.7 or later"],
  ["metadata", "Identity.metadataPublic, metadataAdmin", "always null: requires Kratos v0.10 or later"],
  ["patch", "updateIdentity", "takes two requests, a read and a replacement: partial updates require Kratos v0.11 or later"],
  ["idsFilter", "identities by ID, _entities", "takes one request per identity, 16 at a time: looking up several IDs at once requires Kratos v1.1 or later"],
];

/** Checks that Kratos can be reached at both of its addresses, which version it is, and that the clocks agree. */
async function checkKratos(kratos: Kratos, adminUrl: string, publicUrl: string | undefined): Promise<Finding[]> {
  const admin = await kratos.system.reach("admin").catch(toUndefined);
  if (!admin) {
    return [fail("Kratos admin API", `cannot be reached at ${adminUrl}; check that Kratos is running, that KRATOS_ADMIN_URL is correct and that network policies allow the connection`)];
  }
  const findings = [ok("Kratos admin API", `reached at ${adminUrl}`)];

  const { ready, failing, error } = await kratos.system.check();
  const reasons = [...failing, ...(error ? [error.message] : [])];
  findings.push(ready ? ok("Kratos health", "ready") : fail("Kratos health", `not ready: ${reasons.join(", ") || "no reason given"}; see the Kratos log`));

  try {
    const { name: version, features } = await kratos.system.detectVersion();
    findings.push(ok("Kratos version", version));
    if (features.publicPort) findings.push(await checkPublic(kratos, publicUrl, version));
    for (const [feature, check, message] of MISSING) if (!features[feature]) findings.push(note(check, message));
  } catch (error) {
    if (!(error instanceof KratosError)) throw error;
    findings.push(fail("Kratos version", error.message));
  }
  findings.push(checkClock(admin.date));
  return findings;
}

async function checkPublic(kratos: Kratos, publicUrl: string | undefined, version: string): Promise<Finding> {
  const check = "Kratos public API";
  if (publicUrl === undefined) return fail(check, `KRATOS_PUBLIC_URL is not set; Kratos ${version} serves flows, self-service errors and identity schemas there`);
  if (await kratos.system.reach("public").catch(toUndefined)) return ok(check, `reached at ${publicUrl}`);
  return fail(check, `cannot be reached at ${publicUrl}; check that KRATOS_PUBLIC_URL is correct and that network policies allow the connection`);
}

function toUndefined(): undefined {
  return undefined;
}

/** If the clocks differ by more than this, tokens and links expire at the wrong time. */
const MAX_SKEW_MS = 5_000;

function checkClock(date: Date | undefined): Finding {
  if (!date) return note("Clock", "not checked: Kratos, or a proxy in front of it, sends no Date header");
  const skew = Math.abs(Date.now() - date.getTime());
  // The Date header has a resolution of one second.
  if (skew <= MAX_SKEW_MS) return ok("Clock", "agrees with the clock of Kratos");
  return fail("Clock", `differs from the clock of Kratos by ${Math.round(skew / 1000)} s; synchronize both with NTP. Otherwise, tokens and links expire at the wrong time`);
}

/** An ID that no identity and no flow has. */
const UNKNOWN_ID = "00000000-0000-4000-8000-000000000000";

/** A selection for each field of Query. None of them changes anything. */
const SELECTIONS: Readonly<Record<string, string>> = {
  version: "version",
  health: "health { ready }",
  metrics: "metrics",
  identities: "identities(first: 1) { edges { node { id } } }",
  identity: `identity(id: "${UNKNOWN_ID}") { id }`,
  identitySchema: 'identitySchema(id: "default") { id }',
  loginFlow: `loginFlow(id: "${UNKNOWN_ID}") { id }`,
  registrationFlow: `registrationFlow(id: "${UNKNOWN_ID}") { id }`,
  recoveryFlow: `recoveryFlow(id: "${UNKNOWN_ID}") { id }`,
  verificationFlow: `verificationFlow(id: "${UNKNOWN_ID}") { id }`,
  settingsFlow: `settingsFlow(id: "${UNKNOWN_ID}") { id }`,
  selfServiceError: 'selfServiceError(id: "stub:500") { id }',
  _entities: `_entities(representations: [{ __typename: "Identity", id: "${UNKNOWN_ID}" }]) { __typename }`,
  _service: "_service { sdl }",
};

const USED_SCHEMAS = '{ identitySchema(id: "default") { schema } identities(first: 250) { edges { node { schema { schema } } } } }';

interface UsedSchemas {
  readonly identitySchema?: { readonly schema: object } | null;
  readonly identities?: { readonly edges: readonly { readonly node: { readonly schema: { readonly schema: object } | null } | null }[] } | null;
}

/** Compares the paths in TRAITS_MASK with the identity schemas in use. Not every version of Kratos lists all schemas. */
async function checkTraitsMask(kratos: Kratos, paths: readonly string[]): Promise<Finding[]> {
  if (paths.length === 0) return [];
  const { schema } = buildFacadeSchema();
  const { data } = await graphql({ schema, source: USED_SCHEMAS, contextValue: createContext({ kratos }) });
  const { identitySchema, identities } = (data ?? {}) as UsedSchemas;
  const schemas = [identitySchema, ...(identities?.edges ?? []).map(({ node }) => node?.schema)].flatMap((used) => used?.schema ?? []);
  if (schemas.length === 0) return [note("TRAITS_MASK", "not compared with the identity schemas, because none could be loaded")];
  return paths.map((path) => {
    const check = `TRAITS_MASK ${path}`;
    if (schemas.some((used) => hasTrait(used, path))) return ok(check, "hides a trait of an identity schema");
    return fail(check, "hides nothing: no identity schema in use has this trait. Names of traits are case-sensitive, and the path begins below `traits`, e.g. name.last");
  });
}

/** Checks every field of Query against this Kratos. Mutations are not run. */
async function checkGraph(kratos: Kratos): Promise<Finding[]> {
  const { schema } = buildFacadeSchema();
  const fields = Object.keys(schema.getQueryType()!.getFields());
  const findings = await Promise.all(fields.map((field) => checkField(schema, field, kratos)));
  return [...findings, note("Mutations", "not checked, because they change data")];
}

async function checkField(schema: GraphQLSchema, field: string, kratos: Kratos): Promise<Finding> {
  const check = `Query.${field}`;
  const { data, errors } = await graphql({ schema, source: `{ ${SELECTIONS[field]} }`, contextValue: createContext({ kratos }) });
  const [error] = errors ?? [];
  if (!error) return ok(check, data?.[field] === null ? "works (null: the object does not exist)" : "works");
  // Kratos v0.7 and later reveal whether a settings flow exists only to its user. Flows can be turned off in the configuration of Kratos.
  if (error.originalError?.name === "KratosForbiddenError") return ok(check, "works (only for the user of the flow)");
  if (error.originalError?.name === "KratosDisabledError") return note(check, error.message);
  return fail(check, error.message);
}
