import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import bodyParser from "body-parser";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Caller } from "../graphql/authorization/caller.js";
import { createContext, type FacadeContext } from "../graphql/context.js";
import type { TraitsMask } from "../graphql/traits-mask/traits-mask.js";
import type { Kratos } from "../kratos/index.js";
import type { Authenticate } from "./authentication/authenticate.js";
import type { RateLimit } from "./limits/rate-limit.js";
import { Refusal } from "./refusal.js";
import type { Safelist } from "./safelist.js";

/** Answers GraphQL over HTTP. */
export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse, requestId: string) => Promise<void>;

export interface GraphQLHandlerOptions {
  readonly apollo: ApolloServer<FacadeContext>;
  readonly kratos: Kratos;
  readonly authenticate: Authenticate;
  readonly rateLimit?: RateLimit;
  readonly safelist?: Safelist;
  readonly traitsMask?: TraitsMask;
  /** Largest body in bytes, after it is unzipped. */
  readonly maxBodyBytes: number;
}

/** Operations in one array, where arrays are answered at all. */
const MOST_OPERATIONS = 10;

/** The handler throws a {@link Refusal} for what GraphQL shall not see: strangers, and bodies that will not do. */
export function createGraphQLHandler(options: GraphQLHandlerOptions): GraphQLHandler {
  const { apollo, kratos, authenticate, rateLimit, safelist, traitsMask, maxBodyBytes } = options;
  const readBody = createBodyReader(maxBodyBytes);

  return async (request, response, requestId) => {
    const caller = await authenticate(request.headers.authorization);
    const body = await readBody(request, response);
    const search = searchOf(request);
    const operations = operationsIn(body, search);
    await rateLimit?.take(caller.name, operations.length);
    for (const query of operations) safelist?.check(query);
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toGraphQLRequest(request, search, body),
      context: async () => contextOf(request, caller, requestId),
    });
    // Answers hold people's data, which is for no cache on the way.
    const headers: Record<string, string | number> = { ...Object.fromEntries(answer.headers), "cache-control": "no-store" };
    if (answer.body.kind === "complete") {
      const { string } = answer.body;
      headers["content-length"] = Buffer.byteLength(string);
      response.writeHead(answer.status ?? 200, headers).end(string);
      return;
    }
    response.writeHead(answer.status ?? 200, headers);
    for await (const chunk of answer.body.asyncIterator) response.write(chunk);
    response.end();
  };

  function contextOf({ headers }: IncomingMessage, caller: Caller, requestId: string): FacadeContext {
    const sessionToken = headers["x-session-token"];
    const flowCredentials = { cookie: headers.cookie, sessionToken: typeof sessionToken === "string" ? sessionToken : undefined };
    return createContext({ kratos, caller, requestId, traitsMask, flowCredentials });
  }
}

/** @returns a function that throws a {@link Refusal} where a body will not do */
function createBodyReader(maxBodyBytes: number) {
  const parseJson = bodyParser.json({ limit: maxBodyBytes });
  return (request: IncomingMessage, response: ServerResponse) =>
    new Promise<unknown>((resolve, reject) => {
      parseJson(request, response, (error?: unknown) => {
        if (error) reject(refusalOf(error as { status?: number; type?: string }, maxBodyBytes));
        else resolve((request as IncomingMessage & { body?: unknown }).body);
      });
    });
}

function refusalOf({ status = 400, type }: { status?: number; type?: string }, maxBodyBytes: number): Refusal {
  const message =
    type === "entity.too.large"
      ? `The request body is larger than the ${maxBodyBytes} bytes that are allowed.`
      : type === "entity.parse.failed"
        ? 'The request body is not JSON. Expected an object such as {"query": "{ version }"}.'
        : "The request body cannot be read: expected JSON in UTF-8, plain or compressed with gzip, deflate or br.";
  return new Refusal(status, "BAD_REQUEST", message);
}

/**
 * The texts of a request's operations; undefined for one that comes by its id alone.
 * @throws {Refusal} where there are too many
 */
function operationsIn(body: unknown, search: string): readonly unknown[] {
  if (!Array.isArray(body)) return [(body as { query?: unknown } | undefined)?.query ?? new URLSearchParams(search).get("query") ?? undefined];
  if (body.length > MOST_OPERATIONS) {
    throw new Refusal(400, "BAD_REQUEST", `An array may hold ${MOST_OPERATIONS} operations at the most; there were ${body.length}.`);
  }
  return body.map((one: { query?: unknown } | null) => one?.query);
}

function searchOf({ url = "" }: IncomingMessage): string {
  const start = url.indexOf("?");
  return start < 0 ? "" : url.slice(start);
}

function toGraphQLRequest(request: IncomingMessage, search: string, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return { method: request.method ?? "GET", headers, search, body };
}
