import cors from "cors";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { buildFacadeSchema } from "../graphql/schema.js";
import { healthOf } from "../graphql/system/health.js";
import type { Kratos } from "../kratos/index.js";
import { createApolloServer } from "./create-apollo-server.js";
import { refuseExplorer } from "./explorers/refuse-explorer.js";
import { createGraphQLHandler } from "./graphql-handler.js";
import type { Logger } from "./logger.js";
import { sendJson } from "./send-json.js";

export interface FacadeOptions {
  readonly kratos: Kratos;
  readonly logger: Logger;
  /** Origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Largest request body in bytes. */
  readonly maxBodyBytes: number;
  /** Whether a browser gets explorers at /graphql and /explorer/. */
  readonly explorers: boolean;
}

/** The facade as a handler for node:http. */
export interface Facade {
  readonly handle: RequestListener;
  stop(): Promise<void>;
}

/** Puts the graph of one Kratos behind HTTP. */
export async function createFacade({ kratos, logger, corsOrigins, maxBodyBytes, explorers }: FacadeOptions): Promise<Facade> {
  const apollo = createApolloServer(buildFacadeSchema().schema, logger);
  await apollo.start();
  const graphql = createGraphQLHandler(apollo, kratos, maxBodyBytes);
  // The cookies of a page's user are passed on for flows, so a page that is let in may send them.
  const allowOrigins = corsOrigins.length > 0 ? cors({ origin: [...corsOrigins], credentials: true, maxAge: 600 }) : passOn;

  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path = "/"] = (request.url ?? "/").split("?");
    if (isExplorer(path) || (path === "/graphql" && wantsPage(request))) {
      if (!explorers) return refuseExplorer(response, path);
      // Loaded only here: most servers never show it.
      const { serveExplorer } = await import("./explorers/serve-explorer.js");
      return serveExplorer(request, response, path);
    }
    if (path === "/graphql") return graphql(request, response);
    if (path === "/health/live") return sendJson(response, 200, { status: "ok" });
    if (path === "/health/ready") {
      const { ready, errors } = await healthOf(kratos);
      return sendJson(response, ready ? 200 : 503, { status: ready ? "ok" : "unavailable", errors });
    }
    const message = `There is nothing here. GraphQL is at /graphql, ${explorers ? "an explorer at /explorer/, " : ""}health at /health/live and /health/ready.`;
    return sendJson(response, 404, { errors: [{ message }] });
  };

  return {
    handle: (request, response) =>
      allowOrigins(request, response, () => {
        route(request, response).catch((error: unknown) => {
          logger.error({ err: error }, "A request failed.");
          if (!response.headersSent) sendJson(response, 500, { errors: [{ message: "Internal server error. The server's log says more." }] });
        });
      }),
    stop: () => apollo.stop(),
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
