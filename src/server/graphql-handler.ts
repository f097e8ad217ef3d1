import { HeaderMap, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";
import Negotiator from "negotiator";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import { type ContextOptions, createContext } from "../graphql/context.js";
import type { Kratos, Reservation } from "../kratos/index.js";
import type { Authenticate } from "./auth/authenticate.js";
import type { SubjectReader } from "./auth/subject.js";
import { createBodyBudget, createBodyReader } from "./body.js";
import { assertNotForged, mayMutate } from "./csrf.js";
import type { Graph } from "./graph.js";
import { HttpError } from "./http-error.js";
import type { RateLimit } from "./limits/rate-limit.js";
import type { Policy } from "./policy.js";
import { type RequestFields, RequestTelemetry, type Telemetry } from "./telemetry/telemetry.js";

/** Answers a request to /graphql. Rejects with a {@link HttpError} if the request is refused before it reaches GraphQL. */
export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse, fields: RequestFields) => Promise<void>;

export interface GraphQLHandlerOptions {
  /** Returns the graph for a new request. */
  readonly graph: () => Graph;
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
  const { graph, kratos, authenticate, nameSubject, rateLimit, policy, corsOrigins, maxBodyBytes } = options;
  const readBody = createBodyReader(maxBodyBytes);
  const bodyBudget = createBodyBudget();

  return async (request, response, fields) => {
    const telemetry = new RequestTelemetry(options.telemetry, fields, request);
    const bodyMemory = bodyBudget.reserve();
    const onSessionCookie = (setCookie: string) => void response.setHeader("set-cookie", setCookie);
    try {
      const result = await execute(request, fields, telemetry, bodyMemory, onSessionCookie);
      if (!telemetry.hasOperations) throw toHttpError(result);
      await send(response, result);
      telemetry.onResponse(response.statusCode);
    } catch (error) {
      telemetry.onError(error instanceof HttpError ? error : { status: 500, code: "INTERNAL_SERVER_ERROR" });
      throw error;
    } finally {
      bodyMemory.release();
    }
  };

  async function execute(
    request: IncomingMessage,
    fields: RequestFields,
    telemetry: RequestTelemetry,
    bodyMemory: Reservation,
    onSessionCookie: ContextOptions["onSessionCookie"],
  ): Promise<HTTPGraphQLResponse> {
    // Before Kratos is asked, and before it is counted: otherwise, pages of other sites could use up the rate limit of a user.
    assertNotForged(request, corsOrigins);
    const authenticated = await authenticate(request, telemetry.observe(kratos));
    fields.caller = authenticated.name;
    const caller = nameSubject ? nameSubject(authenticated, request) : authenticated;
    // Before the body is read, so that refusing a request is cheap.
    await rateLimit?.consume(caller.name, 1);
    const mediaType = negotiateMediaType(request);
    const httpGraphQLRequest = toHTTPGraphQLRequest(request, mediaType, await readBody(request, bodyMemory));
    const queries = getQueries(httpGraphQLRequest);
    if (queries.length > 1) await rateLimit?.consume(caller.name, queries.length - 1);
    const { safelist, traitsMask } = policy();
    for (const query of queries) safelist?.assertListed(query);
    return graph().apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest,
      context: async () => {
        const { headers } = request;
        const sessionToken = headers["x-session-token"];
        const flowCredentials = { cookie: headers.cookie, sessionToken: typeof sessionToken === "string" ? sessionToken : undefined };
        const { requestId } = fields;
        const { onBatch } = telemetry;
        const context = createContext({ kratos: telemetry.observe(kratos), caller, requestId, traitsMask, flowCredentials, onBatch, onSessionCookie });
        return Object.assign(context, { telemetry, mayMutate: mayMutate(request, caller, corsOrigins) });
      },
    });
  }
}

const JSON_TYPE = "application/json; charset=utf-8";
const GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8";

/** Accept headers of most clients, which need not be parsed. */
const ACCEPTS_JSON: ReadonlySet<string> = new Set(["*/*", "application/json"]);

/**
 * Returns the media type of the response. Apollo Server chooses it only after it has executed the operation.
 * @throws {HttpError} if the client accepts none
 */
function negotiateMediaType({ headers }: IncomingMessage): string {
  const { accept } = headers;
  if (!accept || ACCEPTS_JSON.has(accept)) return JSON_TYPE;
  const type = new Negotiator({ headers }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
  if (type !== undefined) return type;
  throw new HttpError(406, "BAD_REQUEST", 'The Accept header must allow a response of the type "application/json" or "application/graphql-response+json".');
}

function toHTTPGraphQLRequest(request: IncomingMessage, mediaType: string, body: unknown): HTTPGraphQLRequest {
  const { method = "GET", url = "" } = request;
  const headers = new HeaderMap();
  // Apollo Server's default is JSON. It would parse the header twice for each response.
  if (mediaType !== JSON_TYPE) headers.set("accept", mediaType);
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === "accept") continue;
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
  // Apollo Server would find out when the other operations are running, and not return their results.
  const malformed = body.findIndex((operation) => !OPERATION.safeParse(operation).success);
  if (malformed < 0) return body.map(getQuery);
  const expected = 'objects with a "query" or "operationName" that is a string, and "variables" or "extensions" that are objects';
  throw new HttpError(400, "BAD_REQUEST", `The operations of a batch must be ${expected}. Number ${malformed + 1} is not.`);
}

/** One of the operations in an array. */
const OPERATION = z
  .object({
    query: z.string().nullish(),
    operationName: z.string().nullish(),
    variables: z.record(z.string(), z.unknown()).nullish(),
    extensions: z.record(z.string(), z.unknown()).nullish(),
  })
  .refine((operation) => Object.keys(operation).length > 0);

function getQuery(operation: unknown): unknown {
  return (operation as { query?: unknown } | null | undefined)?.query ?? undefined;
}

/** The error for a request that Apollo Server has refused before it processed an operation, e.g. because it has no query. */
function toHttpError({ status = 200, headers, body }: HTTPGraphQLResponse): HttpError {
  const { errors: [error] } = JSON.parse(body.kind === "complete" ? body.string : "") as { errors: [GraphQLFormattedError] };
  const allow = headers.get("allow");
  return new HttpError(status, String(error.extensions?.["code"]), error.message, allow ? { allow } : {});
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
