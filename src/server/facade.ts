import type { TracerProvider } from "@opentelemetry/api";
import type { RequestListener } from "node:http";
import type { Registry } from "prom-client";
import type { Kratos } from "../kratos/index.js";
import { createApolloServer } from "./apollo/apollo-server.js";
import { AuditLog } from "./apollo/audit-log.js";
import { type AuthenticationOptions, createAuthenticate, isOpen } from "./auth/authenticate.js";
import { createSubjectReader, type SubjectOptions } from "./auth/subject.js";
import { DEFAULT_MAX_BODY_BYTES } from "./body.js";
import { ServedGraph, type TypedTraitsOptions } from "./graph.js";
import { createGraphQLHandler } from "./graphql-handler.js";
import { DEFAULT_LIMITS, type Limits } from "./limits/limits.js";
import { createRateLimit, type RateLimitOptions } from "./limits/rate-limit.js";
import { KratosMonitor } from "./kratos-monitor.js";
import type { Logger } from "./logger.js";
import { createPolicy, type PolicyOptions } from "./policy.js";
import { createRouter } from "./router.js";
import { createTelemetry, withMetrics } from "./telemetry/telemetry.js";

export interface FacadeOptions extends Omit<PolicyOptions, "apiKeys"> {
  readonly kratos: Kratos;
  readonly logger: Logger;
  /** Where the audit lines are written. If a line must not be lost, `info` must return only when it is written. Default: `logger`. */
  readonly auditLogger?: Logger;
  /** How the audit log learns the end user that a gateway acts for. Default: it does not. */
  readonly auditSubject?: SubjectOptions;
  /** How callers authenticate. With `none`, anyone who can reach the server may do everything. */
  readonly authentication: AuthenticationOptions | "none";
  /**
   * Hosts that requests may be sent to, without ports and in lower case, besides localhost and loopback addresses. Requests with
   * another Host header are refused, except health checks. It protects a server without authentication. Default: any host.
   */
  readonly allowedHosts?: readonly string[];
  /** Origins whose pages may call the API from a browser. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Proxies in front of the server, as addresses and subnets. Their `X-Forwarded-For` names the client in the log. Default: none. */
  readonly trustedProxies?: readonly string[];
  /** Maximum size of a request body in bytes, after decompression. Default: 1,000,000. */
  readonly maxBodyBytes?: number;
  readonly limits?: Partial<Limits>;
  /** Rate limit for each caller. Default: none. */
  readonly rateLimit?: RateLimitOptions;
  /** Whether introspection is enabled, and error messages suggest names. Default: false. */
  readonly introspection?: boolean;
  /** Whether browsers are served explorers at /graphql and /explorer/. Default: false. */
  readonly explorers?: boolean;
  /** ID of an identity to insert into the sample operations of the explorers. Default: a placeholder. */
  readonly sampleIdentityId?: string;
  /** Whether a request may contain an array of operations. Default: false. */
  readonly batching?: boolean;
  /** Whether every caller may read the subgraph's SDL, even without `system:read`. Default: false. */
  readonly publicSdl?: boolean;
  /** The identity schemas whose traits get types. Default: none. */
  readonly traits?: TypedTraitsOptions;
  /** The only hash of the subgraph's SDL to serve, e.g. `sha256:…`. Default: any. */
  readonly schemaHash?: string;
  /** How often Kratos, the keys of the JWT issuer and the identity schemas are checked in the background, in milliseconds; 0 for never. Default: 5000. */
  readonly checkIntervalMs?: number;
  /** Registry to add metrics to. Default: no metrics. */
  readonly metrics?: Registry;
  /** Provider of the tracer for spans. Traces are continued and passed on by the propagator that is registered with OpenTelemetry. Default: no tracing. */
  readonly tracerProvider?: TracerProvider;
}

const DEFAULT_CHECK_INTERVAL_MS = 5_000;

/** The facade as a request handler for `node:http`. */
export interface Facade {
  readonly handle: RequestListener;
  /** Hash of the subgraph's SDL, e.g. `sha256:…`. Undefined until Kratos has returned the identity schemas. */
  readonly schemaHash: string | undefined;
  /** Reports "not ready" from now on, and asks clients to reconnect elsewhere. Requests are still answered. */
  drain(): void;
  /**
   * Replaces the API keys, safelist and traits mask. Running operations are not affected. Neither authentication nor the safelist
   * can be turned on or off: if no API key is left, every one is rejected.
   * @throws {Error} if the safelist is not a valid manifest, or missing. Then nothing is replaced
   */
  replacePolicy(options: PolicyOptions): void;
  /** Loads the identity schemas again. If they have changed, and can be served, new requests get the new graph. Never fails. */
  reloadTraits(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Creates a GraphQL facade for one Kratos.
 * @throws {Error} if the safelist is not a valid manifest, or a trusted proxy is neither an address nor a subnet
 * @throws {TraitsSchemaError} if no types can be made of the identity schemas until somebody changes them
 * @throws {SchemaHashError} if the SDL has another hash than `schemaHash`
 */
export async function createFacade(options: FacadeOptions): Promise<Facade> {
  const { kratos, logger, authentication, corsOrigins = [], introspection = false, batching = false } = options;
  const { apiKeys, jwt, sessions }: AuthenticationOptions = authentication === "none" ? { apiKeys: [] } : authentication;
  // The pages are public, so what they contain of the schema must be, too.
  const isSchemaPublic = introspection && isOpen({ apiKeys, jwt, sessions });
  let policy = createPolicy({ ...options, apiKeys });
  const hasSafelist = policy.safelist !== undefined;
  const rateLimit = options.rateLimit && (await createRateLimit(options.rateLimit, logger));
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const auditLog = new AuditLog(options.auditLogger ?? logger, logger);
  const telemetry = await createTelemetry({
    ...options,
    rateLimit,
    apiKeys: () => policy.apiKeys,
    isKratosReady: () => monitor.status?.ready ?? false,
    graph: () => graph,
  });
  const observedKratos = withMetrics(kratos, telemetry);
  const apolloOptions = { logger, auditLog, limits, introspection, batching, safelist: hasSafelist ? () => policy.safelist! : undefined };
  const graph = new ServedGraph({ ...options, kratos: observedKratos, createApollo: (schema) => createApolloServer(schema, apolloOptions) });
  await graph.start();
  // Lazy: only needed if JWTs are configured.
  const jwtVerifier = jwt && (await import("./auth/jwt.js")).createJwtVerifier(jwt, logger);
  const monitor = new KratosMonitor(observedKratos, logger);
  const router = createRouter({
    graphql: createGraphQLHandler({
      graph: () => graph.get(),
      kratos,
      telemetry,
      authenticate: createAuthenticate(() => policy.apiKeys, jwtVerifier?.verify, sessions),
      nameSubject: options.auditSubject && createSubjectReader(options.auditSubject),
      rateLimit,
      policy: () => policy,
      corsOrigins,
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    }),
    monitor,
    graph,
    logger,
    explorers: options.explorers ?? false,
    samples: () => ({ identityId: options.sampleIdentityId, built: isSchemaPublic ? graph.built : undefined }),
    allowedHosts: options.allowedHosts,
    corsOrigins,
    trustedProxies: options.trustedProxies ?? [],
  });
  const stopChecks = startChecks(options.checkIntervalMs ?? DEFAULT_CHECK_INTERVAL_MS, () => {
    void monitor.check();
    void jwtVerifier?.refreshKeys();
    void graph.refresh();
  });
  return {
    handle: router.handle,
    get schemaHash() {
      return graph.hash;
    },
    drain: router.drain,
    replacePolicy: (replacement) => {
      const next = createPolicy(replacement);
      if ((next.safelist !== undefined) !== hasSafelist) throw new Error("The safelist cannot be turned on or off. Create a new facade instead.");
      policy = next;
    },
    reloadTraits: () => graph.reload(),
    stop: async () => {
      stopChecks();
      auditLog.stop();
      await graph.stop();
      await rateLimit?.stop();
    },
  };
}

/** Runs checks at once and then again and again. @returns a function that ends it */
function startChecks(intervalMs: number, check: () => void): () => void {
  if (intervalMs === 0) return () => undefined;
  check();
  const timer = setInterval(check, intervalMs).unref();
  return () => clearInterval(timer);
}
