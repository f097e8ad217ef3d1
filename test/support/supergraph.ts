import { ApolloGateway, RemoteGraphQLDataSource } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { assertCompositionSuccess, composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
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

/** The header that identifies a caller of the gateway, which passes it on to the subgraphs. */
interface Caller {
  readonly authorization?: string;
}

export interface Gateway extends Stoppable {
  send(query: string, variables?: object, headers?: Record<string, string>): Promise<Reply<Record<string, any>>>;
}

/** Composes a supergraph. @throws if the subgraphs do not compose */
export function compose(subgraphs: readonly Subgraph[]): string {
  const result = composeServices(subgraphs.map(({ name, sdl, url }) => ({ name, url, typeDefs: parse(sdl) })));
  assertCompositionSuccess(result);
  return result.supergraphSdl;
}

/** Starts a gateway in front of the subgraphs. */
export async function startGateway(subgraphs: readonly Subgraph[]): Promise<Gateway> {
  const gateway = new ApolloGateway({
    supergraphSdl: compose(subgraphs),
    buildService: ({ url }) =>
      new RemoteGraphQLDataSource<Caller>({
        url,
        willSendRequest: ({ request, context: { authorization } }) => {
          if (authorization) request.http?.headers.set("authorization", authorization);
        },
      }),
  });
  const server = new ApolloServer<Caller>({ gateway });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req }) => ({ authorization: req.headers.authorization }),
  });
  return {
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

/** The same, of a team that knows a buyer by an ID of its own. */
export const ORDERS_BY_EXTERNAL_ID = ORDERS.replace('@key(fields: "id", resolvable: false) { id: ID! }', '@key(fields: "externalId", resolvable: false) { externalId: ID }');

export interface OrderSubgraph extends Subgraph, Stoppable {
  /** Keys of the buyers, one for each order. */
  buyers: readonly (string | null)[];
}

/**
 * Starts the order service.
 * @param key what it knows of a buyer
 */
export async function startOrderSubgraph(key: "id" | "externalId" = "id"): Promise<OrderSubgraph> {
  const sdl = key === "id" ? ORDERS : ORDERS_BY_EXTERNAL_ID;
  const orders = () => {
    const edges = subgraph.buyers.map((buyer, at) => ({ cursor: `${at}`, node: { id: `order-${at}`, buyer: { [key]: buyer } } }));
    return { edges, pageInfo: { hasNextPage: false, hasPreviousPage: false } };
  };
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: { Query: { orders } } });
  const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  const subgraph: OrderSubgraph = { name: "orders", sdl, url, buyers: [], stop: () => server.stop() };
  return subgraph;
}
