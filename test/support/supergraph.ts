import { ApolloGateway, type GraphQLDataSourceProcessOptions, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { composeServices as composeWithTheGuild } from "@theguild/federation-composition";
import { type DocumentNode, parse } from "graphql";
import type { IncomingHttpHeaders } from "node:http";
import { fetchGraphQL } from "./http.js";
import type { Stoppable } from "./lifecycle.js";
import type { Reply } from "./use-facade.js";

// Without this the gateway reports to Apollo how it is run.
process.env["APOLLO_TELEMETRY_DISABLED"] = "1";

export interface Subgraph {
  readonly name: string;
  readonly sdl: string;
  readonly url: string;
}

/** What proves to the subgraph of identities who sends a request to the gateway, and from which page. The other subgraphs do not get it. */
const PASSED_ON = ["authorization", "cookie", "x-session-token", "origin", "sec-fetch-site"] as const;

interface Caller {
  readonly headers: IncomingHttpHeaders;
  /** Passes a cookie on to the caller. */
  setCookie(value: string): void;
}

export interface Gateway extends Stoppable {
  readonly url: string;
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply<Record<string, any>>>;
}

/** Composes a supergraph, as the packages of The Guild and Apollo do it. */
export type Composer = (services: { name: string; url: string; typeDefs: DocumentNode }[]) => { supergraphSdl?: string; errors?: readonly Error[] };

/** The way to the subgraph of identities, there and back. */
class IdentitiesDataSource extends RemoteGraphQLDataSource<Caller> {
  // While the gateway starts, there is no caller.
  override willSendRequest({ request, context }: GraphQLDataSourceProcessOptions<Partial<Caller>>): void {
    for (const name of PASSED_ON) {
      const value = context.headers?.[name];
      if (value !== undefined) request.http?.headers.set(name, value);
    }
  }

  override didReceiveResponse({ response, context }: Parameters<NonNullable<RemoteGraphQLDataSource<Caller>["didReceiveResponse"]>>[0]) {
    const cookie = response.http?.headers.get("set-cookie");
    if (cookie) context.setCookie(cookie);
    return response;
  }
}

/** Starts a gateway in front of the subgraphs. Rejects if they do not compose. */
export async function startGateway(subgraphs: readonly Subgraph[], compose: Composer = composeWithTheGuild): Promise<Gateway> {
  const { supergraphSdl, errors } = compose(subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })));
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], "The subgraphs do not compose.");
  const gateway = new ApolloGateway({
    supergraphSdl,
    buildService: ({ name, url }) => (name === "identities" ? new IdentitiesDataSource({ url }) : new RemoteGraphQLDataSource({ url })),
  });
  const server = new ApolloServer<Caller>({ gateway });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req, res }) => ({ headers: req.headers, setCookie: (value) => void res.appendHeader("set-cookie", value) }),
  });
  return {
    url,
    send: async (query, variables, headers) => {
      const { data, errors } = (await fetchGraphQL(url, { query, variables }, headers)) as Reply<Record<string, any>>;
      return { data, errors };
    },
    stop: () => server.stop(),
  };
}

/** The subgraph of another team's order service. All it knows of a buyer is the ID. */
export const ORDERS = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  type Query { orders: OrderConnection! }
  type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }

  type Order @key(fields: "id") {
    id: ID!
    "Null if the identity is deleted."
    buyer: Identity
  }

  type Identity @key(fields: "id", resolvable: false) { id: ID! }
`;

const REFERENCE = '@key(fields: "id", resolvable: false) { id: ID! }';

/** The same, of a team that knows a buyer by an ID of its own. */
export const ORDERS_BY_EXTERNAL_ID = ORDERS.replace(REFERENCE, '@key(fields: "externalId", resolvable: false) { externalId: ID }');

/** The same, of a team that adds a field to identities. */
export const ORDERS_OF_IDENTITIES = ORDERS.replace(REFERENCE, '@key(fields: "id") { id: ID! orders: [Order!]! }');

export interface OrderSubgraph extends Subgraph, Stoppable {
  /** Keys of the buyers, one for each order. */
  buyers: readonly (string | null)[];
}

/** Starts an order service with one of the schemas above. */
export async function startOrderSubgraph(sdl = ORDERS): Promise<OrderSubgraph> {
  const key = sdl === ORDERS_BY_EXTERNAL_ID ? "externalId" : "id";
  const all = () => subgraph.buyers.map((buyer, at) => ({ id: `order-${at}`, buyer: { [key]: buyer } }));
  const orders = () => ({ edges: all().map((node, at) => ({ cursor: `${at}`, node })), pageInfo: { hasNextPage: false, hasPreviousPage: false } });
  const identity = { orders: ({ id }: { id: string }) => all().filter(({ buyer }) => buyer[key] === id) };
  const resolvers = { Query: { orders }, ...(sdl === ORDERS_OF_IDENTITIES && { Identity: identity }) };
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });
  const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  const subgraph: OrderSubgraph = { name: "orders", sdl, url, buyers: [], stop: () => server.stop() };
  return subgraph;
}
