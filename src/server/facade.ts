import type { TracerProvider } from "@opentelemetry/api";
import cors from "cors";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import { buildFacadeSchema } from "../graphql/schema.js";
import { TraitsMask } from "../graphql/traits-mask/traits-mask.js";
import type { Kratos } from "../kratos/index.js";
import { createAuthenticate, type AuthenticationOptions } from "./auth/authenticate.js";
import { DEFAULT_MAX_BODY_BYTES } from "./body.js";
import { createApolloServer } from "./apollo/apollo-server.js";
import { errorForLog, type Logger } from "./logger.js";
import { refuseExplorer } from "./explorer/refuse-explorer.js";
import { createGraphQLHandler } from "./graphql-handler.js";
import { checkLoopbackHost } from "./listen.js";
import { DEFAULT_LIMITS, type Limits } from "./limits/limits.js";
import { createRateLimit, type RateLimitOptions } from "./limits/rate-limit.js";
import { createReadiness, getRequestId } from "./router.js";
import { HttpError, sendHttpError, sendJson } from "./http-error.js";
import { readSafelist } from "./safelist.js";
import { createTelemetry, observeUpstream } from "./telemetry/telemetry.js";

export interface FacadeOptions {
  readonly kratos: Kratos;
  readonly logger: Logger;
  /** How callers prove who they are; with `none` anybody who reaches it may do anything. */
  readonly authentication: AuthenticationOptions | "none";
  /** Answers requests for this machine's own names alone: for a server without authentication. */
  readonly loopbackOnly?: boolean;
  /** Origins whose pages may call the API from a browser; none where it is left out. */
  readonly corsOrigins?: readonly string[];
  /** Largest request body in bytes. */
  readonly maxBodyBytes?: number;
  readonly limits?: Partial<Limits>;
  readonly rateLimit?: RateLimitOptions;
  /** Whether callers may ask what the schema is, and are helped when they misspell a name (default false). */
  readonly introspection?: boolean;
  /** Whether a browser gets explorers at /graphql and /explorer/ (default false). */
  readonly explorers?: boolean;
  /** Whether an array of operations is answered (default false). */
  readonly batching?: boolean;
  /** Text of a manifest of persisted queries: its operations alone are answered. */
  readonly safelist?: string;
  /** Paths of traits that callers without `secrets:read` do not see, as `email` or `name.last`. */
  readonly traitsMask?: readonly string[];
  /** Whether every caller may see the subgraph's SDL, without `system:read` (default false). */
  readonly publicSdl?: boolean;
  /** Where the metrics are counted; they are not where it is left out. */
  readonly metrics?: Registry;
  /** Where the traces go; there are none where it is left out. */
  readonly tracerProvider?: TracerProvider;
}

/** The facade as a handler for node:http. */
export interface Facade {
  readonly handle: RequestListener;
  /** Says from now on that it is not ready, and asks clients to come back on another connection; requests are still answered. */
  drain(): void;
  stop(): Promise<void>;
}

/**
 * Puts the graph of one Kratos behind HTTP.
 * @throws {Error} where the safelist is no manifest
 */
export async function createFacade(options: FacadeOptions): Promise<Facade> {
  const { kratos, logger, corsOrigins = [], introspection = false, explorers = false } = options;
  const safelist = options.safelist === undefined ? undefined : readSafelist(options.safelist);
  const rateLimit = options.rateLimit && (await createRateLimit(options.rateLimit, logger));
  const apollo = createApolloServer(buildFacadeSchema({ publicSdl: options.publicSdl }).schema, {
    logger,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    introspection,
    batching: options.batching ?? false,
    safelist,
  });
  await apollo.start();
  const telemetry = await createTelemetry(options);
  const graphql = createGraphQLHandler({
    apollo,
    kratos,
    telemetry,
    authenticate: await createAuthenticate(options.authentication === "none" ? { apiKeys: [] } : options.authentication),
    rateLimit,
    safelist,
    traitsMask: options.traitsMask?.length ? new TraitsMask(options.traitsMask) : undefined,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  });
  // The cookies of a page's user are passed on for flows, so a page that is let in may send them.
  const allowOrigins = corsOrigins.length > 0 ? cors({ origin: [...corsOrigins], credentials: true, maxAge: 600, exposedHeaders: ["retry-after", "x-request-id"] }) : passOn;

  // Probes are no part of any trace.
  const readiness = createReadiness(kratos.withInterceptor((operation) => observeUpstream(operation, {}, telemetry.metrics)));
  let draining = false;

  const route = async (request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> => {
    if (options.loopbackOnly) checkLoopbackHost(request);
    const [path = "/"] = (request.url ?? "/").split("?");
    if (isExplorer(path) || (path === "/graphql" && wantsPage(request))) {
      if (!explorers) return refuseExplorer(response, path);
      // Loaded only here: most servers never show it.
      const { serveExplorer } = await import("./explorer/explorer.js");
      return serveExplorer(request, response, path);
    }
    if (path === "/graphql") return graphql(request, response, requestId);
    if (path === "/health/live") return sendJson(response, 200, { status: "ok" });
    if (path === "/health/ready") {
      if (draining) return sendJson(response, 503, { status: "stopping", errors: [] });
      const { ready, errors } = await readiness();
      return sendJson(response, ready ? 200 : 503, { status: ready ? "ok" : "unavailable", errors });
    }
    const explorer = explorers ? "an explorer at /explorer/, " : "";
    throw new HttpError(404, "NOT_FOUND", `There is nothing here. GraphQL is at /graphql, ${explorer}health at /health/live and /health/ready.`);
  };

  const fail = (response: ServerResponse, requestId: string, error: unknown): void => {
    if (error instanceof HttpError) {
      logger.info({ requestId, status: error.status, code: error.code, err: errorForLog(error.cause) }, "A request was refused.");
      return response.headersSent ? undefined : sendHttpError(response, error);
    }
    logger.error({ requestId, err: errorForLog(error) }, "A request failed.");
    if (!response.headersSent) sendHttpError(response, new HttpError(500, "INTERNAL_SERVER_ERROR", "Internal server error. The server's log says more."));
  };

  return {
    handle: (request, response) => {
      const requestId = getRequestId(request);
      response.setHeader("x-request-id", requestId);
      if (draining) response.setHeader("connection", "close");
      allowOrigins(request, response, () => {
        route(request, response, requestId).catch((error: unknown) => fail(response, requestId, error));
      });
    },
    drain: () => {
      draining = true;
    },
    stop: async () => {
      await apollo.stop();
      await rateLimit?.stop();
    },
  };
}

function passOn(_request: IncomingMessage, _response: ServerResponse, next: () => void): void {
  next();
}

/** A browser that opens the endpoint's address asks for HTML and brings no query. */
function wantsPage({ method, headers, url }: IncomingMessage): boolean {
  return method === "GET" && !url?.includes("?") && (headers.accept ?? "").includes("text/html");
}

function isExplorer(path: string): boolean {
  return path === "/explorer" || path.startsWith("/explorer/");
}
