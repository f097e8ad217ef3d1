import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { readFileSync } from "node:fs";

/* An example order service, which keeps its orders in memory. The gateway gets the buyers from kratos-graphql. */
const orders = [];

const resolvers = {
  Query: { orders: () => orders },
  Mutation: {
    placeOrder: (_root, { item, buyerId }) => {
      const order = { id: `${orders.length + 1}`, item, buyer: { id: buyerId } };
      orders.push(order);
      return order;
    },
  },
};

const typeDefs = parse(readFileSync(new URL("orders.graphql", import.meta.url), "utf8"));
const schema = buildSubgraphSchema({ typeDefs, resolvers });
const server = new ApolloServer({ schema, plugins: [ApolloServerPluginInlineTraceDisabled()] });
const { HOST: host = "127.0.0.1", PORT: port = "4001" } = process.env;
const { url } = await startStandaloneServer(server, { listen: { host, port: Number(port) } });
console.log(`Orders are at ${url}`);
