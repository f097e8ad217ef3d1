import { defineConfig } from "@graphql-hive/gateway";

/** Forwards the Authorization header to kratos-graphql, which checks API keys and JWTs itself. */
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
