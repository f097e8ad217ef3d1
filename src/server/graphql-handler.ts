import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../graphql/scopes.js";
import { createContext } from "../graphql/context.js";
import type { TraitsMask } from "../graphql/traits-mask/traits-mask.js";
import type { Kratos } from "../kratos/index.js";
import type { Authenticate } from "./auth/authenticate.js";
import { createBodyReader } from "./body.js";
import type { RateLimit } from "./limits/rate-limit.js";
import { HttpError } from "./http-error.js";
import type { Safelist } from "./safelist.js";
import { RequestTelemetry, type ObservedContext, type Telemetry } from "./telemetry/telemetry.js";

/** Answers GraphQL over HTTP. */
export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

export interface GraphQLHandlerOptions {
  readonly apollo: ApolloServer<ObservedContext>;
  readonly kratos: Kratos;
  readonly telemetry: Telemetry;
  readonly authenticate: Authenticate;
  readonly rateLimit?: RateLimit;
  readonly safelist?: Safelist;
  readonly traitsMask?: TraitsMask;
  /** Largest body in bytes, after it is unzipped. */
  readonly maxBodyBytes: number;
}

/** Operations in one array, where arrays are answered at all. */
const MAX_OPERATIONS = 10;

/** The handler throws a {@link HttpError} for what GraphQL shall not see: strangers, and bodies that will not do. */
export function createGraphQLHandler(options: GraphQLHandlerOptions): GraphQLHandler {
  const { apollo, kratos, authenticate, rateLimit, safelist, traitsMask, maxBodyBytes } = options;
  const readBody = createBodyReader(maxBodyBytes);

  return async (request, response, requestId) => {
    const telemetry = new RequestTelemetry(options.telemetry, requestId, request);
    try {
      telemetry.answered(await answerTo(request, response, requestId, telemetry));
    } catch (error) {
      if (error instanceof HttpError) telemetry.refused(error.status, error.code);
      else telemetry.refused(500, "INTERNAL_SERVER_ERROR");
      throw error;
    }
  };

  /** @returns the answer's status */
  async function answerTo(request: IncomingMessage, response: ServerResponse, requestId: string, telemetry: RequestTelemetry): Promise<number> {
    const caller = await authenticate(request.headers.authorization);
    telemetry.caller = caller.name;
    await rateLimit?.take(caller.name, 1);
    const body = await readBody(request);
    const search = searchOf(request);
    const operations = request.method === "POST" ? operationsIn(body) : [operationIn(search)];
    if (operations.length > 1) await rateLimit?.take(caller.name, operations.length - 1);
    for (const query of operations) safelist?.check(query);
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toGraphQLRequest(request, search, body),
      context: async () => contextOf(request, caller, requestId, telemetry),
    });
    const { status = 200 } = answer;
    // Answers hold people's data, which is for no cache on the way.
    const headers: Record<string, string | number> = { "cache-control": "no-store", ...Object.fromEntries(answer.headers) };
    if (answer.body.kind === "complete") {
      const { string } = answer.body;
      headers["content-length"] = Buffer.byteLength(string);
      response.writeHead(status, headers).end(string);
      return status;
    }
    response.writeHead(status, headers);
    for await (const chunk of answer.body.asyncIterator) response.write(chunk);
    response.end();
    return status;
  }

  function contextOf({ headers }: IncomingMessage, caller: Caller, requestId: string, telemetry: RequestTelemetry): ObservedContext {
    const sessionToken = headers["x-session-token"];
    const flowCredentials = { cookie: headers.cookie, sessionToken: typeof sessionToken === "string" ? sessionToken : undefined };
    const asked = { kratos: telemetry.kratosFrom(kratos), caller, requestId, traitsMask, flowCredentials, onBatch: telemetry.onBatch };
    return Object.assign(createContext(asked), { telemetry });
  }
}

/**
 * The texts of a body's operations; undefined for one that comes by its id alone.
 * @throws {HttpError} where there are too many
 */
function operationsIn(body: unknown): readonly unknown[] {
  if (!Array.isArray(body)) return [textOf(body)];
  if (body.length > MAX_OPERATIONS) {
    throw new HttpError(400, "BAD_REQUEST", `An array may hold ${MAX_OPERATIONS} operations at the most; there were ${body.length}.`);
  }
  return body.map(textOf);
}

/** Apollo Server reads it there for a GET, which may have a body too. */
function operationIn(search: string): string | undefined {
  return new URLSearchParams(search).get("query") ?? undefined;
}

function textOf(operation: unknown): unknown {
  return (operation as { query?: unknown } | null | undefined)?.query ?? undefined;
}

function searchOf({ url = "" }: IncomingMessage): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}

/** What most clients accept. It says no more than its absence, and would be taken apart twice for each answer. */
const ANY_JSON = new Set(["*/*", "application/json"]);

function toGraphQLRequest(request: IncomingMessage, search: string, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (name === "accept" && ANY_JSON.has(String(value))) continue;
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return { method: request.method ?? "GET", headers, search, body };
}
