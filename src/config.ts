import type { z } from "zod";
import { isKeyOf } from "./config/values.js";
import { findMisspelled, readVariables, SECRETS, VARIABLES } from "./config/variables.js";
import type { TraitsOptions } from "./graphql/traits/traits.js";
import type { KratosOptions } from "./kratos/index.js";
import { type AuthenticationOptions, isOpen } from "./server/auth/authenticate.js";
import type { SessionOptions } from "./server/auth/session.js";
import type { FacadeOptions } from "./server/facade.js";
import { isLoopback } from "./server/listen.js";
import type { OtlpProtocol } from "./server/telemetry/otlp.js";

/** The configuration of the process, read from environment variables. */
export interface Config {
  /** Base URL of the Kratos admin API. If it is not set, the process starts the built-in fake Kratos. In production, that has to be configured. */
  readonly kratosAdminUrl?: string;
  readonly kratosPublicUrl?: string;
  readonly kratosVersion?: string;
  /** Deadline of one request to Kratos in milliseconds. */
  readonly kratosTimeoutMs: number;
  /** Further options of the adapter. */
  readonly kratos: Pick<KratosOptions, "connections" | "queueLength" | "tls" | "headers">;
  readonly host: string;
  readonly port: number;
  /** Maximum number of open connections to the server. */
  readonly maxConnections: number;
  /** Port of the Prometheus metrics. Metrics are off if it is not set. */
  readonly metricsPort?: number;
  /** How traces are sent to an OpenTelemetry collector. Traces are off if it is not set. */
  readonly otlpProtocol?: OtlpProtocol;
  readonly logLevel: string;
  /** File that the audit lines are appended to. Default: they are in the log. */
  readonly auditFile?: string;
  /** How long the server still accepts requests after SIGTERM, in milliseconds, while it reports itself as not ready. */
  readonly shutdownDelayMs: number;
  /** How long running requests may take after that, in milliseconds. */
  readonly graceMs: number;
  readonly authentication: AuthenticationOptions;
  /** Which identity schemas get types, or null for none. Default: those of the built-in fake Kratos, if it is used. */
  readonly traits?: TraitsConfig | null;
  /** Further options of the facade. */
  readonly facade: Omit<FacadeOptions, "kratos" | "logger" | "auditLogger" | "authentication" | "traits">;
}

export interface TraitsConfig extends TraitsOptions {
  /** The path of the file that maps names to identity schemas, or `kratos` for all that Kratos has. */
  readonly source: string;
}

/** The environment variables are invalid, so the process cannot start. */
export class ConfigError extends Error {
  /** @param problems one sentence per problem: the variable, what was expected and what was received */
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

type Variables = z.infer<typeof VARIABLES>;

/**
 * Reads the configuration from environment variables. An empty variable counts as not set.
 * @throws {ConfigError} if anything is invalid; it lists every problem
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const { values, problems } = readVariables(env, Object.keys(VARIABLES.shape));
  problems.push(...findMisspelled(env));
  const production = env["NODE_ENV"] === "production";
  const { success, data, error } = VARIABLES.safeParse(values);
  if (success) problems.push(...checkKratos(data, production), ...checkTls(data), ...checkAuthentication(data), ...checkAudit(data), ...checkTraits(data));
  else problems.push(...error.issues.map(({ path, message }) => describeProblem(String(path[0]), message, values)));
  const otlp = readOtlp(env);
  problems.push(...otlp.problems);
  if (!success || problems.length > 0) throw new ConfigError([...new Set(problems)]);

  const authentication = toAuthentication(data);
  const open = isOpen(authentication);
  return {
    kratosAdminUrl: data.KRATOS_ADMIN_URL,
    kratosPublicUrl: data.KRATOS_PUBLIC_URL,
    kratosVersion: data.KRATOS_VERSION,
    kratosTimeoutMs: data.KRATOS_TIMEOUT_MS,
    kratos: {
      connections: data.KRATOS_CONNECTIONS,
      queueLength: data.KRATOS_QUEUE,
      tls: { ca: data.KRATOS_CA, cert: data.KRATOS_CLIENT_CERT, key: data.KRATOS_CLIENT_KEY },
      headers: data.KRATOS_HEADERS,
    },
    host: data.HOST,
    port: data.PORT,
    maxConnections: data.MAX_CONNECTIONS,
    metricsPort: data.METRICS_PORT,
    otlpProtocol: otlp.protocol,
    logLevel: data.LOG_LEVEL,
    auditFile: data.AUDIT_FILE,
    shutdownDelayMs: data.SHUTDOWN_DELAY_MS ?? (production ? 5_000 : 0),
    graceMs: data.GRACE_MS,
    authentication,
    traits: toTraits(data),
    facade: {
      schemaHash: data.SCHEMA_HASH,
      auditSubject: toAuditSubject(data),
      // Also with INSECURE_NO_AUTH: a port may be published to this machine only, where DNS rebinding reaches it.
      allowedHosts: data.ALLOWED_HOSTS ?? (open ? [] : undefined),
      corsOrigins: data.CORS_ORIGINS,
      trustedProxies: data.TRUSTED_PROXIES,
      // An explorer is empty without introspection.
      introspection: data.INTROSPECTION ?? data.EXPLORERS ?? !production,
      explorers: data.EXPLORERS ?? !production,
      batching: data.BATCHING,
      safelist: data.SAFELIST,
      traitsMask: data.TRAITS_MASK,
      publicSdl: data.PUBLIC_SDL,
      maxBodyBytes: data.MAX_BODY_BYTES,
      // Without authentication, all callers would share one limit.
      rateLimit: open || data.RATE_LIMIT === null ? undefined : { ...data.RATE_LIMIT, redisUrl: data.REDIS_URL },
      limits: {
        depth: data.MAX_DEPTH,
        aliases: data.MAX_ALIASES,
        rootFields: data.MAX_ROOT_FIELDS,
        directives: data.MAX_DIRECTIVES,
        tokens: data.MAX_TOKENS,
        cost: data.MAX_COST,
      },
    },
  };
}

/**
 * Reads the variables that the schema depends on. All others can be missing, e.g. where only the schema is printed.
 * @throws {ConfigError} if they are invalid
 */
export function loadTraitsConfig(env: NodeJS.ProcessEnv): TraitsConfig | null | undefined {
  const names = { TRAITS_SCHEMAS: true, TRAITS_REQUIRED: true } as const;
  const { values, problems } = readVariables(env, Object.keys(names));
  problems.push(...findMisspelled(env));
  const { success, data, error } = VARIABLES.pick(names).safeParse(values);
  if (success) problems.push(...checkTraits(data));
  else problems.push(...error.issues.map(({ path, message }) => describeProblem(String(path[0]), message, values)));
  if (!success || problems.length > 0) throw new ConfigError(problems);
  return toTraits(data);
}

function describeProblem(name: string, expected: string, values: Readonly<Record<string, string>>): string {
  if (SECRETS.has(name)) return `${name} must be ${expected}`;
  const value = values[name] ?? "";
  // The part of a URL before the @ may be a password.
  return `${name} must be ${expected}; received ${JSON.stringify(value.replace(/\/\/.*@/, "//…@"))}`;
}

function checkKratos(data: Variables, production: boolean): string[] {
  if (data.KRATOS_ADMIN_URL) {
    return data.KRATOS_EMBEDDED ? ["KRATOS_EMBEDDED=true is for the built-in fake Kratos, but KRATOS_ADMIN_URL is set; set only one of them"] : [];
  }
  if (!(data.KRATOS_EMBEDDED ?? !production)) {
    const condition = data.KRATOS_EMBEDDED === undefined ? "if NODE_ENV is production" : "if KRATOS_EMBEDDED is false";
    return [
      `KRATOS_ADMIN_URL must be set ${condition}, e.g. to http://127.0.0.1:4434. ` +
        "To use the built-in fake Kratos, which keeps its identities in memory only, set KRATOS_EMBEDDED=true instead",
    ];
  }
  const dependent = (["KRATOS_PUBLIC_URL", "KRATOS_VERSION", "KRATOS_HEADERS"] as const).filter((name) => data[name]);
  return dependent.map((name) => `${name} requires KRATOS_ADMIN_URL, which is not set; set both, or neither to use the built-in fake Kratos`);
}

function checkTls({ KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, KRATOS_CA, KRATOS_CLIENT_CERT, KRATOS_CLIENT_KEY }: Variables): string[] {
  const problems: string[] = [];
  const set = Object.entries({ KRATOS_CA, KRATOS_CLIENT_CERT, KRATOS_CLIENT_KEY }).filter(([, value]) => value);
  if (set.length > 0 && ![KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL].some((url) => url?.startsWith("https:"))) {
    problems.push(`${set.map(([name]) => name).join(", ")} ${set.length === 1 ? "requires" : "require"} an https:// URL in KRATOS_ADMIN_URL or KRATOS_PUBLIC_URL`);
  }
  if (!KRATOS_CLIENT_CERT !== !KRATOS_CLIENT_KEY) problems.push("KRATOS_CLIENT_CERT and KRATOS_CLIENT_KEY must be set together");
  else if (KRATOS_CLIENT_CERT && KRATOS_CLIENT_KEY && !isKeyOf(KRATOS_CLIENT_KEY, KRATOS_CLIENT_CERT)) {
    problems.push("KRATOS_CLIENT_KEY must be the private key of the certificate in KRATOS_CLIENT_CERT; received the key of another certificate");
  }
  return problems;
}

function checkAuthentication(data: Variables): string[] {
  const problems: string[] = [];
  const missing = (["JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL"] as const).filter((name) => !data[name]);
  if (missing.length === 1 || missing.length === 2) {
    problems.push(
      `JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL must be set together, e.g. https://auth.example.com/, kratos-graphql and https://auth.example.com/.well-known/jwks.json; ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not set`,
    );
  }
  if (data.KRATOS_SESSIONS && data.KRATOS_ADMIN_URL && !data.KRATOS_PUBLIC_URL) {
    problems.push("KRATOS_SESSIONS=true requires KRATOS_PUBLIC_URL, because sessions are verified by Kratos' public API, e.g. http://127.0.0.1:4433");
  }
  if (data.KRATOS_SESSIONS) {
    const { cookie, authorization, "x-session-token": token } = data.KRATOS_HEADERS ?? {};
    const name = cookie ? "cookie" : token ? "x-session-token" : /^Bearer /i.test(authorization ?? "") ? "a bearer token in authorization" : undefined;
    if (name) problems.push(`KRATOS_HEADERS must not contain ${name} if KRATOS_SESSIONS is true, because Kratos could take it for the session of a user`);
  }
  if (data.API_KEYS?.length === 0 && missing.length > 0) problems.push('API_KEYS must contain at least one key, as printed by "kratos-graphql keys create"; received none');
  else if (isOpen(toAuthentication(data)) && !isLoopback(data.HOST) && !data.INSECURE_NO_AUTH) {
    problems.push(
      `HOST must be a loopback address, e.g. 127.0.0.1, if authentication is not configured; received ${JSON.stringify(data.HOST)}. Other machines can reach this address, and anyone who can reach it would control every account. ` +
        `Set API_KEYS (create a key with "kratos-graphql keys create"), or JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL, or ${data.KRATOS_ADMIN_URL ? "KRATOS_SESSIONS=true for signed-in users only, or " : ""}HOST=127.0.0.1, or INSECURE_NO_AUTH=true to accept the risk`,
    );
  }
  return problems;
}

function checkAudit({ AUDIT_SUBJECT_HEADER, AUDIT_SUBJECT_CALLERS }: Variables): string[] {
  if (!AUDIT_SUBJECT_HEADER === !AUDIT_SUBJECT_CALLERS) return [];
  return ["AUDIT_SUBJECT_HEADER and AUDIT_SUBJECT_CALLERS must be set together, e.g. X-User-Id and key:gateway"];
}

function toAuditSubject({ AUDIT_SUBJECT_HEADER: header, AUDIT_SUBJECT_CALLERS: callers }: Variables): FacadeOptions["auditSubject"] {
  return header && callers ? { header, callers } : undefined;
}

type TraitsVariables = Pick<Variables, "TRAITS_SCHEMAS" | "TRAITS_REQUIRED">;

function checkTraits({ TRAITS_SCHEMAS, TRAITS_REQUIRED, TRAITS_MASK = [] }: TraitsVariables & Partial<Pick<Variables, "TRAITS_MASK">>): string[] {
  if (TRAITS_REQUIRED && TRAITS_MASK.length > 0) {
    return ["TRAITS_REQUIRED=trust and TRAITS_MASK must not be set together, because the object with a required trait would be null for callers that the trait is hidden from; set only one of them"];
  }
  if (TRAITS_SCHEMAS || !TRAITS_REQUIRED) return [];
  const actual = TRAITS_SCHEMAS === null ? "off" : "not set";
  return [`TRAITS_REQUIRED requires TRAITS_SCHEMAS, which is ${actual}; set it to the path of a file that maps names to identity schemas, or to kratos for all identity schemas of Kratos`];
}

function toTraits({ TRAITS_SCHEMAS, TRAITS_REQUIRED }: TraitsVariables): TraitsConfig | null | undefined {
  if (TRAITS_SCHEMAS === null) return null;
  return TRAITS_SCHEMAS ? { source: TRAITS_SCHEMAS, trustsSchema: TRAITS_REQUIRED !== undefined } : undefined;
}

function toAuthentication(data: Variables): AuthenticationOptions {
  const { API_KEYS: apiKeys = [], JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL } = data;
  const sessions = toSessions(data);
  if (!JWT_ISSUER || !JWT_AUDIENCE || !JWT_JWKS_URL) return { apiKeys, sessions };
  return {
    apiKeys,
    sessions,
    jwt: {
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      jwksUrl: JWT_JWKS_URL,
      clockToleranceS: data.JWT_CLOCK_TOLERANCE_S,
      tokenType: data.JWT_TYP,
      maxLifetimeS: data.JWT_MAX_LIFETIME_S,
    },
  };
}

/** The built-in fake Kratos has a sample user, whom requests can be sent for beside those of anybody. */
function toSessions({ KRATOS_ADMIN_URL, KRATOS_SESSIONS, KRATOS_SESSION_COOKIE: cookie }: Variables): SessionOptions | undefined {
  if (KRATOS_ADMIN_URL) return KRATOS_SESSIONS ? { cookie } : undefined;
  // A browser sends along the cookie of another Kratos on the same host, so cookies have to be asked for.
  return KRATOS_SESSIONS === false ? undefined : { optional: true, ...(KRATOS_SESSIONS && { cookie }) };
}

const PROTOCOLS: readonly string[] = ["http/protobuf", "http/json"] satisfies OtlpProtocol[];

/**
 * Reads from OpenTelemetry's standard variables if traces are on, and which protocol they use. The exporter reads all other
 * OTEL_ variables itself, so they cannot come from files.
 */
function readOtlp(env: NodeJS.ProcessEnv): { readonly protocol?: OtlpProtocol; readonly problems: readonly string[] } {
  const endpointName = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const protocolName = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ? "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" : "OTEL_EXPORTER_OTLP_PROTOCOL";
  const endpoint = env[endpointName];
  const protocol = env[protocolName] || "http/protobuf";
  const exporter = env["OTEL_TRACES_EXPORTER"] || (endpoint ? "otlp" : "none");
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || exporter === "none") return { problems: [] };

  const problems: string[] = [];
  const expect = (valid: boolean, name: string, expected: string) => {
    if (!valid) problems.push(`${describeProblem(name, expected, { [name]: env[name] ?? "" })} (OTEL_SDK_DISABLED=true turns off traces)`);
  };
  expect(exporter === "otlp", "OTEL_TRACES_EXPORTER", "otlp or none");
  expect(PROTOCOLS.includes(protocol), protocolName, "http/protobuf or http/json");
  expect(!endpoint || isHttp(endpoint), endpointName, "an http or https URL, e.g. http://otel-collector:4318");
  return problems.length > 0 ? { problems } : { protocol: protocol as OtlpProtocol, problems };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
