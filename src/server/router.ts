import cors from "cors";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { toHealth } from "../graphql/system.js";
import { KratosError } from "../kratos/index.js";
import { BUILD } from "./build.js";
import { createClientAddress } from "./client-address.js";
import type { SampleOptions } from "./explorer/samples.js";
import type { ServedGraph } from "./graph.js";
import type { GraphQLHandler } from "./graphql-handler.js";
import { HttpError, sendHttpError, sendJson } from "./http-error.js";
import type { KratosMonitor } from "./kratos-monitor.js";
import { errorForLog, type Logger } from "./logger.js";
import type { RequestFields } from "./telemetry/telemetry.js";

export interface RouterOptions {
  readonly graphql: GraphQLHandler;
  readonly monitor: KratosMonitor;
  readonly graph: Pick<ServedGraph, "hash">;
  readonly logger: Logger;
  readonly explorers: boolean;
  /** What to insert into the sample operations of the pages. */
  readonly samples: () => SampleOptions;
  /** Hosts to accept besides loopback names. Default: any. */
  readonly allowedHosts?: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Proxies whose `X-Forwarded-For` is believed: addresses and subnets. */
  readonly trustedProxies: readonly string[];
}

export interface Router {
  readonly handle: RequestListener;
  /** Reports "not ready" from now on, and asks clients to reconnect elsewhere. Requests are still answered. */
  drain(): void;
}

/** Routes /graphql, the pages for browsers and the health checks, and turns errors into responses. */
export function createRouter(options: RouterOptions): Router {
  const { graphql, monitor, graph, logger, explorers, samples, allowedHosts, corsOrigins, trustedProxies } = options;
  const applyCors = createCors(corsOrigins);
  const getClientAddress = createClientAddress(trustedProxies);
  let draining = false;

  async function route(request: IncomingMessage, response: ServerResponse, fields: RequestFields): Promise<void> {
    const [path = "/"] = (request.url ?? "/").split("?");
    // Health checks are public, and Kubernetes sends them to the address of the pod.
    if (allowedHosts && !path.startsWith("/health/")) assertAllowedHost(request, allowedHosts);
    if (isExplorer(request, path)) {
      if (!explorers) throw explorersDisabled(path);
      // Lazy: most servers never serve an explorer.
      const { serveExplorer } = await import("./explorer/explorer.js");
      return serveExplorer(request, response, path, samples());
    }
    if (path === "/" && acceptsHtml(request)) {
      const { sendLandingPage } = await import("./explorer/landing.js");
      return sendLandingPage(response, explorers, samples());
    }
    switch (path) {
      case "/graphql":
        return graphql(request, response, fields);
      case "/health/live":
        return sendJson(response, 200, { status: "ok", ...BUILD });
      case "/health/ready":
        return sendReadiness(response);
    }
    const explorer = explorers ? "the explorer at /explorer/, " : "";
    throw new HttpError(404, "NOT_FOUND", `Not found. GraphQL is served at /graphql, ${explorer}health checks at /health/live and /health/ready.`);
  }

  async function sendReadiness(response: ServerResponse): Promise<void> {
    if (draining) return sendJson(response, 503, { status: "stopping", errors: [] });
    const { ready: isKratosReady, errors } = toHealth(await monitor.check());
    const schemaHash = graph.hash;
    if (schemaHash === undefined) errors.push({ name: "identity schemas", message: "The identity schemas have not been loaded, or cannot be used. For details, see the server log." });
    const ready = isKratosReady && schemaHash !== undefined;
    sendJson(response, ready ? 200 : 503, { status: ready ? "ok" : "unavailable", errors, schemaHash });
  }

  function sendError(response: ServerResponse, fields: RequestFields, error: unknown): void {
    if (error instanceof HttpError) {
      const { status, code, reason, cause } = error;
      if (cause instanceof KratosError) logger.warn({ ...fields, operation: cause.operation, detail: cause.detail }, cause.message);
      logger.info({ ...fields, status, code, reason, err: errorForLog(cause) }, "A request was refused.");
    } else {
      logger.error({ ...fields, err: errorForLog(error) }, "A request failed.");
    }
    if (response.headersSent) return;
    sendHttpError(response, error instanceof HttpError ? error : new HttpError(500, "INTERNAL_SERVER_ERROR", "Internal server error. For details, see the server log."));
  }

  return {
    handle: (request, response) => {
      const requestId = getRequestId(request);
      response.setHeader("x-request-id", requestId);
      if (draining) response.setHeader("connection", "close");
      applyCors(request, response, () => {
        const fields = { requestId, client: getClientAddress(request) };
        route(request, response, fields).catch((error: unknown) => sendError(response, fields, error));
      });
    },
    drain: () => {
      draining = true;
    },
  };
}

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

function createCors(origins: readonly string[]): Middleware {
  if (origins.length === 0) return (_request, _response, next) => next();
  // Allowed pages may send cookies: those of their user are forwarded to Kratos when a flow is requested.
  return cors({ origin: [...origins], credentials: true, maxAge: 600, exposedHeaders: ["retry-after", "x-request-id"] });
}

/** Characters that are safe in logs and headers. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The request's X-Request-Id if it is valid, otherwise a new UUID. */
function getRequestId({ headers }: IncomingMessage): string {
  const id = headers["x-request-id"];
  return typeof id === "string" && REQUEST_ID.test(id) ? id : randomUUID();
}

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const PORT = /:\d+$/;

/**
 * Protects a server without authentication from web pages. A page's own domain can resolve to 127.0.0.1 (DNS rebinding);
 * then neither CORS nor the same-origin policy stops the page, but the Host header shows the page's domain.
 * @throws {HttpError} if the request is addressed to another host than a loopback name or an allowed one
 */
function assertAllowedHost({ headers }: IncomingMessage, allowed: readonly string[]): void {
  const host = (headers.host ?? "").replace(PORT, "").toLowerCase();
  if (LOOPBACK_HOST.test(host) || allowed.includes(host)) return;
  const message = "This server accepts only requests to localhost, to a loopback address, e.g. 127.0.0.1, and to the hosts in ALLOWED_HOSTS. The Host header names another host.";
  throw new HttpError(421, "MISDIRECTED_REQUEST", message);
}

/** Whether a request is for an explorer: a browser that opens /graphql accepts HTML and sends no query. */
function isExplorer(request: IncomingMessage, path: string): boolean {
  if (path === "/graphql") return !request.url?.includes("?") && acceptsHtml(request);
  return path === "/explorer" || path.startsWith("/explorer/");
}

/** Whether a browser opens a page. Other clients rarely accept HTML. */
function acceptsHtml({ method, headers }: IncomingMessage): boolean {
  return method === "GET" && (headers.accept ?? "").includes("text/html");
}

function explorersDisabled(path: string): HttpError {
  const hint = "Explorers are disabled on this server. To enable them, set the environment variable EXPLORERS=true.";
  if (path !== "/graphql") return new HttpError(404, "NOT_FOUND", hint);
  return new HttpError(400, "BAD_REQUEST", `This is a GraphQL endpoint, but the request has no query. Send a POST request with JSON, e.g. {"query": "{ version }"}. ${hint}`);
}
