import type { z } from "zod";
import { isKeyOf } from "./config/values.js";
import { SECRETS, VARIABLES, withFiles } from "./config/variables.js";
import type { KratosOptions } from "./kratos/index.js";
import type { AuthenticationOptions } from "./server/auth/authenticate.js";
import type { FacadeOptions } from "./server/facade.js";
import { isLoopback } from "./server/listen.js";
import type { OtlpProtocol } from "./server/telemetry/otlp.js";

/** What the process is told by its environment. */
export interface Config {
  /** Base address of Kratos' admin API; an embedded Kratos is started where there is none. */
  readonly kratosAdminUrl?: string;
  readonly kratosPublicUrl?: string;
  readonly kratosVersion?: string;
  /** Deadline of one request to Kratos in milliseconds. */
  readonly kratosTimeoutMs: number;
  /** What is passed on to the adapter as it is. */
  readonly kratos: Pick<KratosOptions, "connections" | "queueLength" | "tls" | "headers">;
  readonly host: string;
  readonly port: number;
  /** Where Prometheus finds the metrics; there are none where it is left out. */
  readonly metricsPort?: number;
  /** How traces are sent to OpenTelemetry's collector; there are none where it is left out. */
  readonly otlpProtocol?: OtlpProtocol;
  readonly logLevel: string;
  /** How long requests are still taken after SIGTERM, in milliseconds: for the load balancer to see that this is not ready. */
  readonly shutdownDelayMs: number;
  /** How callers prove who they are. */
  readonly authentication: AuthenticationOptions;
  /** What is passed on to the facade as it is. */
  readonly facade: Omit<FacadeOptions, "kratos" | "logger" | "authentication">;
}

/** The environment is such that the process cannot start. */
export class ConfigError extends Error {
  /** @param problems each names a variable, what was expected, and what came */
  constructor(readonly problems: readonly string[]) {
    super(problems.join("; "));
  }
}

type Variables = z.infer<typeof VARIABLES>;

/**
 * The configuration from the environment. An empty variable counts as not set.
 * @throws {ConfigError} that names every problem: the variable, what was expected, and what came
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const { given, problems } = withFiles(env, Object.keys(VARIABLES.shape));
  const { success, data, error } = VARIABLES.safeParse(given);
  if (!success) problems.push(...error.issues.map(({ path, message }) => describeProblem(String(path[0]), message, given)));
  if (success) problems.push(...findProblems(data));
  const otlp = otlpIn(env);
  problems.push(...otlp.problems);
  if (!success || problems.length > 0) throw new ConfigError([...new Set(problems)]);

  const production = env["NODE_ENV"] === "production";
  const authentication = authenticationIn(data);
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
    metricsPort: data.METRICS_PORT,
    otlpProtocol: otlp.protocol,
    logLevel: data.LOG_LEVEL,
    shutdownDelayMs: data.SHUTDOWN_DELAY_MS ?? (production ? 5_000 : 0),
    authentication,
    facade: {
      loopbackOnly: open && !data.INSECURE_NO_AUTH,
      corsOrigins: data.CORS_ORIGINS,
      // An explorer shows nothing without introspection.
      introspection: data.INTROSPECTION ?? data.EXPLORERS ?? !production,
      explorers: data.EXPLORERS ?? !production,
      batching: data.BATCHING,
      safelist: data.SAFELIST,
      traitsMask: data.TRAITS_MASK,
      publicSdl: data.PUBLIC_SDL,
      maxBodyBytes: data.MAX_BODY_BYTES,
      // Without authentication all callers would be one.
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

function describeProblem(name: string, expected: string, given: Readonly<Record<string, string>>): string {
  if (SECRETS.has(name)) return `${name} must be ${expected}`;
  const value = given[name] ?? "";
  // What stands before the @ of an address may be a password.
  return `${name} must be ${expected}; it is ${JSON.stringify(name.endsWith("_URL") ? value.replace(/\/\/.*@/, "//…@") : value)}`;
}

/** What each variable by itself does not show. */
function findProblems(data: Variables): string[] {
  const problems: string[] = [];
  for (const name of ["KRATOS_PUBLIC_URL", "KRATOS_VERSION", "KRATOS_HEADERS"] as const) {
    if (data[name] && !data.KRATOS_ADMIN_URL) {
      problems.push(`${name} is set without KRATOS_ADMIN_URL; set both, or none to try the embedded Kratos`);
    }
  }
  problems.push(...findTlsProblems(data));
  const { JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL } = data;
  if ([JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL].some(Boolean) && !(JWT_ISSUER && JWT_AUDIENCE && JWT_JWKS_URL)) {
    problems.push("JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL must be set together, as https://auth.example.com/, kratos-graphql and https://auth.example.com/.well-known/jwks.json");
  }
  if (isOpen(authenticationIn(data)) && !isLoopback(data.HOST) && !data.INSECURE_NO_AUTH) {
    problems.push(
      `HOST is ${JSON.stringify(data.HOST)}, which others can reach, and there is no authentication: whoever reaches it would own every account. ` +
        'Set API_KEYS (make one with "kratos-graphql keys create"), or JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL, or HOST to 127.0.0.1; INSECURE_NO_AUTH=true if you mean it',
    );
  }
  return problems;
}

function findTlsProblems({ KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL, KRATOS_CA, KRATOS_CLIENT_CERT, KRATOS_CLIENT_KEY }: Variables): string[] {
  const problems: string[] = [];
  const set = Object.entries({ KRATOS_CA, KRATOS_CLIENT_CERT, KRATOS_CLIENT_KEY }).filter(([, value]) => value);
  if (set.length > 0 && ![KRATOS_ADMIN_URL, KRATOS_PUBLIC_URL].some((url) => url?.startsWith("https:"))) {
    problems.push(`${set.map(([name]) => name).join(", ")} is for https, and neither KRATOS_ADMIN_URL nor KRATOS_PUBLIC_URL begins with https://`);
  }
  if (!KRATOS_CLIENT_CERT !== !KRATOS_CLIENT_KEY) problems.push("KRATOS_CLIENT_CERT and KRATOS_CLIENT_KEY must be set together");
  else if (KRATOS_CLIENT_CERT && KRATOS_CLIENT_KEY && !isKeyOf(KRATOS_CLIENT_KEY, KRATOS_CLIENT_CERT)) {
    problems.push("KRATOS_CLIENT_KEY must be the key of the certificate in KRATOS_CLIENT_CERT, and is another's");
  }
  return problems;
}

function authenticationIn({ API_KEYS, JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL, JWT_CLOCK_TOLERANCE_S }: Variables): AuthenticationOptions {
  if (!JWT_ISSUER || !JWT_AUDIENCE || !JWT_JWKS_URL) return { apiKeys: API_KEYS };
  return {
    apiKeys: API_KEYS,
    jwt: { issuer: JWT_ISSUER, audience: JWT_AUDIENCE, jwksUrl: JWT_JWKS_URL, clockToleranceS: JWT_CLOCK_TOLERANCE_S },
  };
}

function isOpen({ apiKeys, jwt }: AuthenticationOptions): boolean {
  return apiKeys.length === 0 && !jwt;
}

const PROTOCOLS: readonly string[] = ["http/protobuf", "http/json"] satisfies OtlpProtocol[];

/**
 * Whether OpenTelemetry's standard variables ask for traces, and over which protocol. What else they say the exporter reads
 * itself, so these are taken as they are, and never from files.
 */
export function otlpIn(env: NodeJS.ProcessEnv): { readonly protocol?: OtlpProtocol; readonly problems: readonly string[] } {
  const endpointName = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT";
  const endpoint = env[endpointName];
  const exporter = env["OTEL_TRACES_EXPORTER"] || (endpoint ? "otlp" : "none");
  if (env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true" || exporter === "none") return { problems: [] };

  const problems: string[] = [];
  const expect = (holds: boolean, name: string, expected: string) => {
    if (!holds) problems.push(`${name} must be ${expected} (OTEL_SDK_DISABLED=true switches traces off)`);
  };
  const protocolName = env["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ? "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" : "OTEL_EXPORTER_OTLP_PROTOCOL";
  const protocol = env[protocolName] || "http/protobuf";
  expect(exporter === "otlp", "OTEL_TRACES_EXPORTER", "otlp or none");
  expect(PROTOCOLS.includes(protocol), protocolName, "http/protobuf or http/json");
  expect(!endpoint || isHttp(endpoint), endpointName, "an http or https address, as http://otel-collector:4318");
  return problems.length > 0 ? { problems } : { protocol: protocol as OtlpProtocol, problems };
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
