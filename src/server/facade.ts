import type { TracerProvider } from "@opentelemetry/api";
import type { RequestListener } from "node:http";
import type { Registry } from "prom-client";
import { buildFacadeSchema } from "../graphql/schema.js";
import { TraitsMask } from "../graphql/traits-mask.js";
import type { Kratos } from "../kratos/index.js";
import { createApolloServer } from "./apollo/apollo-server.js";
import { type AuthenticationOptions, createAuthenticate } from "./auth/authenticate.js";
import { DEFAULT_MAX_BODY_BYTES } from "./body.js";
import { createGraphQLHandler } from "./graphql-handler.js";
import { DEFAULT_LIMITS, type Limits } from "./limits/limits.js";
import { createRateLimit, type RateLimitOptions } from "./limits/rate-limit.js";
import type { Logger } from "./logger.js";
import { createRouter } from "./router.js";
import { readSafelist } from "./safelist.js";
import { createTelemetry, withMetrics } from "./telemetry/telemetry.js";

export interface FacadeOptions {
  readonly kratos: Kratos;
  readonly logger: Logger;
  /** How callers authenticate. With `none`, anyone who can reach the server may do everything. */
  readonly authentication: AuthenticationOptions | "none";
  /** Whether to refuse requests whose Host header is not a loopback name, as protection for a server without authentication. Default: false. */
  readonly loopbackOnly?: boolean;
  /** Origins whose pages may call the API from a browser. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Maximum size of a request body in bytes, after decompression. Default: 1,000,000. */
  readonly maxBodyBytes?: number;
  readonly limits?: Partial<Limits>;
  /** Rate limit for each caller. Default: none. */
  readonly rateLimit?: RateLimitOptions;
  /** Whether introspection is enabled, and error messages suggest names. Default: false. */
  readonly introspection?: boolean;
  /** Whether browsers are served explorers at /graphql and /explorer/. Default: false. */
  readonly explorers?: boolean;
  /** Whether a request may contain an array of operations. Default: false. */
  readonly batching?: boolean;
  /** A persisted query manifest as JSON. If set, only its operations are executed. */
  readonly safelist?: string;
  /** Paths of traits to hide from callers without `secrets:read`, e.g. `email` or `name.last`. */
  readonly traitsMask?: readonly string[];
  /** Whether every caller may read the subgraph's SDL, even without `system:read`. Default: false. */
  readonly publicSdl?: boolean;
  /** Registry to add metrics to. Default: no metrics. */
  readonly metrics?: Registry;
  /** Provider of the tracer for spans. Default: no tracing. */
  readonly tracerProvider?: TracerProvider;
}

/** The facade as a request handler for `node:http`. */
export interface Facade {
  readonly handle: RequestListener;
  /** Reports "not ready" from now on, and asks clients to reconnect elsewhere. Requests are still answered. */
  drain(): void;
  stop(): Promise<void>;
}

/**
 * Creates a GraphQL facade for one Kratos.
 * @throws {Error} if the safelist is not a valid manifest
 */
export async function createFacade(options: FacadeOptions): Promise<Facade> {
  const { kratos, logger, authentication, corsOrigins = [], introspection = false, batching = false, publicSdl, traitsMask = [] } = options;
  const safelist = options.safelist === undefined ? undefined : readSafelist(options.safelist);
  const rateLimit = options.rateLimit && (await createRateLimit(options.rateLimit, logger));
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const apollo = createApolloServer(buildFacadeSchema({ publicSdl }).schema, { logger, limits, introspection, batching, safelist });
  await apollo.start();
  const telemetry = await createTelemetry(options);
  const router = createRouter({
    graphql: createGraphQLHandler({
      apollo,
      kratos,
      telemetry,
      authenticate: await createAuthenticate(authentication === "none" ? { apiKeys: [] } : authentication),
      rateLimit,
      safelist,
      traitsMask: traitsMask.length > 0 ? new TraitsMask(traitsMask) : undefined,
      corsOrigins,
      maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    }),
    kratos: withMetrics(kratos, telemetry),
    logger,
    explorers: options.explorers ?? false,
    loopbackOnly: options.loopbackOnly ?? false,
    corsOrigins,
  });
  return {
    handle: router.handle,
    drain: router.drain,
    stop: async () => {
      await apollo.stop();
      await rateLimit?.stop();
    },
  };
}
