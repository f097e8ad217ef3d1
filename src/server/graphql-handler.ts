import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from "@apollo/server";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createContext } from "../graphql/context.js";
import type { Caller } from "../graphql/scopes.js";
import type { TraitsMask } from "../graphql/traits-mask.js";
import type { Kratos, Reservation } from "../kratos/index.js";
import type { Authenticate } from "./auth/authenticate.js";
import type { SubjectReader } from "./auth/subject.js";
import { createBodyBudget, createBodyReader } from "./body.js";
import { assertNotForged } from "./csrf.js";
import { HttpError } from "./http-error.js";
import type { RateLimit } from "./limits/rate-limit.js";
import type { Policy } from "./policy.js";
import { type ObservedContext, type RequestFields, RequestTelemetry, type Telemetry } from "./telemetry/telemetry.js";

/** Answers a request to /graphql. Rejects with a {@link HttpError} if the request is refused before it reaches GraphQL. */
export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse, fields: RequestFields) => Promise<void>;

export interface GraphQLHandlerOptions {
  readonly apollo: ApolloServer<ObservedContext>;
  readonly kratos: Kratos;
  readonly telemetry: Telemetry;
  readonly authenticate: Authenticate;
  readonly nameSubject?: SubjectReader;
  readonly rateLimit?: RateLimit;
  /** Returns the current safelist and traits mask. */
  readonly policy: () => Pick<Policy, "safelist" | "traitsMask">;
  /** Origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Maximum size of a request body in bytes, after decompression. */
  readonly maxBodyBytes: number;
}

export function createGraphQLHandler(options: GraphQLHandlerOptions): GraphQLHandler {
  const { apollo, kratos, authenticate, nameSubject, rateLimit, policy, corsOrigins, maxBodyBytes } = options;
  const readBody = createBodyReader(maxBodyBytes);
  const bodyBudget = createBodyBudget();

  return async (request, response, fields) => {
    const telemetry = new RequestTelemetry(options.telemetry, fields, request);
    const bodyMemory = bodyBudget.reserve();
    try {
      const result = await execute(request, fields, telemetry, bodyMemory);
      await send(response, result);
      telemetry.onResponse(response.statusCode);
    } catch (error) {
      telemetry.onError(error instanceof HttpError ? error : { status: 500, code: "INTERNAL_SERVER_ERROR" });
      throw error;
    } finally {
      bodyMemory.release();
    }
  };

  async function execute(request: IncomingMessage, fields: RequestFields, telemetry: RequestTelemetry, bodyMemory: Reservation): Promise<HTTPGraphQLResponse> {
    const authenticated = await authenticate(request.headers.authorization);
    fields.caller = authenticated.name;
    const caller = nameSubject ? nameSubject(authenticated, request) : authenticated;
    // Before the body is read, so that refusing a request is cheap.
    await rateLimit?.consume(caller.name, 1);
    assertNotForged(request, corsOrigins);
    const httpGraphQLRequest = toHTTPGraphQLRequest(request, await readBody(request, bodyMemory));
    const queries = getQueries(httpGraphQLRequest);
    if (queries.length > 1) await rateLimit?.consume(caller.name, queries.length - 1);
    const { safelist, traitsMask } = policy();
    for (const query of queries) safelist?.assertListed(query);
    return apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => createObservedContext(request, caller, fields.requestId, telemetry, traitsMask),
    });
  }

  function createObservedContext(
    { headers }: IncomingMessage,
    caller: Caller,
    requestId: string,
    telemetry: RequestTelemetry,
    traitsMask: TraitsMask | undefined,
  ): ObservedContext {
    const sessionToken = headers["x-session-token"];
    const flowCredentials = { cookie: headers.cookie, sessionToken: typeof sessionToken === "string" ? sessionToken : undefined };
    const context = createContext({ kratos: telemetry.observe(kratos), caller, requestId, traitsMask, flowCredentials, onBatch: telemetry.onBatch });
    return Object.assign(context, { telemetry });
  }
}

/** Accept headers that have no effect. Apollo Server would parse them twice for each response. */
const ACCEPTS_JSON = new Set(["*/*", "application/json"]);

function toHTTPGraphQLRequest(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const { method = "GET", url = "" } = request;
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === "accept" && ACCEPTS_JSON.has(String(value))) continue;
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const queryStart = url.indexOf("?");
  return { method, headers, search: queryStart < 0 ? "" : url.slice(queryStart), body };
}

/** Maximum number of operations in a batch. */
const MAX_OPERATIONS = 10;

/**
 * Returns the documents of a request where Apollo Server reads them: a GET request may have a body, but it is ignored. A
 * document is undefined if the request refers to it by ID.
 * @throws {HttpError} if there are too many operations
 */
function getQueries({ method, search, body }: HTTPGraphQLRequest): readonly unknown[] {
  if (method !== "POST") return [new URLSearchParams(search).get("query") ?? undefined];
  if (!Array.isArray(body)) return [getQuery(body)];
  if (body.length > MAX_OPERATIONS) {
    throw new HttpError(400, "BAD_REQUEST", `A batch may contain at most ${MAX_OPERATIONS} operations; received ${body.length}.`);
  }
  return body.map(getQuery);
}

function getQuery(operation: unknown): unknown {
  return (operation as { query?: unknown } | null | undefined)?.query ?? undefined;
}

async function send(response: ServerResponse, { status = 200, headers, body }: HTTPGraphQLResponse): Promise<void> {
  // Responses contain personal data, which no cache may store, unless Apollo Server has computed another policy.
  const fields: Record<string, string | number> = { "cache-control": "no-store", ...Object.fromEntries(headers) };
  if (body.kind === "complete") {
    fields["content-length"] = Buffer.byteLength(body.string);
    response.writeHead(status, fields).end(body.string);
    return;
  }
  response.writeHead(status, fields);
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}
