import { join } from "node:path";
import { defineConfig } from "@graphql-mesh/compose-cli";
import { loadOpenAPISubgraph } from "@omnigraph/openapi";

/** hive-gateway.config.js overrides the endpoint. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph("kratos", {
        source: join(import.meta.dirname, "openapi.json"),
        endpoint: "http://127.0.0.1:4434",
      }),
    },
  ],
});
