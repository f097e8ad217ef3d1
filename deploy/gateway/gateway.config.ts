import { defineConfig } from "@graphql-hive/gateway";

/** kratos-graphql is to know who asks: it checks the key or the JWT itself. */
export const gatewayConfig = defineConfig({
  supergraph: "supergraph.graphql",
  port: 4002,
  host: "0.0.0.0",
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) => {
      const authorization = request.headers.get("authorization");
      return subgraphName === "identities" && authorization ? { authorization } : {};
    },
  },
});
