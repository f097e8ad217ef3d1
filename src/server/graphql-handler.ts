import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import bodyParser from "body-parser";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createContext, type FacadeContext } from "../graphql/context.js";
import type { Kratos } from "../kratos/index.js";
import { sendJson } from "./send-json.js";

/** Answers GraphQL over HTTP. */
export type GraphQLHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** @param maxBodyBytes largest body in bytes, after it is unzipped */
export function createGraphQLHandler(apollo: ApolloServer<FacadeContext>, kratos: Kratos, maxBodyBytes: number): GraphQLHandler {
  const parseJson = bodyParser.json({ limit: maxBodyBytes });

  /** @throws what body-parser throws, with a `status` */
  const readBody = (request: IncomingMessage, response: ServerResponse) =>
    new Promise<unknown>((resolve, reject) => {
      parseJson(request, response, (error?: unknown) =>
        error ? reject(error as Error) : resolve((request as IncomingMessage & { body?: unknown }).body),
      );
    });

  return async (request, response) => {
    let body: unknown;
    try {
      body = await readBody(request, response);
    } catch (error) {
      return refuseBody(response, error as { status?: number; type?: string }, maxBodyBytes);
    }
    const answer = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toGraphQLRequest(request, body),
      context: async () => createContext(kratos, flowCredentialsOf(request)),
    });
    response.writeHead(answer.status ?? 200, Object.fromEntries(answer.headers));
    if (answer.body.kind === "complete") {
      response.end(answer.body.string);
      return;
    }
    for await (const chunk of answer.body.asyncIterator) response.write(chunk);
    response.end();
  };
}

function toGraphQLRequest(request: IncomingMessage, body: unknown): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const search = request.url?.includes("?") ? request.url.slice(request.url.indexOf("?")) : "";
  return { method: request.method ?? "GET", headers, search, body };
}

function flowCredentialsOf({ headers }: IncomingMessage) {
  const sessionToken = headers["x-session-token"];
  return { cookie: headers.cookie, sessionToken: typeof sessionToken === "string" ? sessionToken : undefined };
}

function refuseBody(response: ServerResponse, { status = 400, type }: { status?: number; type?: string }, maxBodyBytes: number) {
  const message =
    type === "entity.too.large"
      ? `The request body is larger than the ${maxBodyBytes} bytes that are allowed.`
      : type === "entity.parse.failed"
        ? 'The request body is not JSON. Expected an object such as {"query": "{ version }"}.'
        : "The request body cannot be read: expected JSON in UTF-8, plain or compressed with gzip, deflate or br.";
  sendJson(response, status, { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] });
}
