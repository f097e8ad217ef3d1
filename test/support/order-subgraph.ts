import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import type { Subgraph } from "./gateway.js";

/** What another team's service says of orders. It knows of a buyer the id alone. */
export const ORDERS = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])

  type Query { orders: OrderConnection! }
  type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }
  type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }

  type Order @key(fields: "id") {
    id: ID!
    "Null where the identity is gone."
    buyer: Identity
  }

  type Identity @key(fields: "id", resolvable: false) { id: ID! }
`;

export interface OrderSubgraph extends Subgraph {
  /** Ids of the buyers, one an order. */
  buyers: readonly string[];
  stop(): Promise<void>;
}

/** The service, over HTTP. */
export async function startOrderSubgraph(): Promise<OrderSubgraph> {
  const orders = () => {
    const edges = subgraph.buyers.map((id, at) => ({ cursor: `${at}`, node: { id: `order-${at}`, buyer: { id } } }));
    return { edges, pageInfo: { hasNextPage: false, hasPreviousPage: false } };
  };
  const schema = buildSubgraphSchema({ typeDefs: parse(ORDERS), resolvers: { Query: { orders } } });
  const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
  const { url } = await startStandaloneServer(server, { listen: { host: "127.0.0.1", port: 0 } });
  const subgraph: OrderSubgraph = { name: "orders", sdl: ORDERS, url, buyers: [], stop: () => server.stop() };
  return subgraph;
}
