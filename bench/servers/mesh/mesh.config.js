import { defineConfig } from "@graphql-mesh/compose-cli";
import { loadOpenAPISubgraph } from "@omnigraph/openapi";
import { fileURLToPath } from "node:url";

/** The address is overridden when the gateway starts. */
export const composeConfig = defineConfig({
  subgraphs: [
    {
      sourceHandler: loadOpenAPISubgraph("kratos", {
        source: fileURLToPath(new URL("openapi.json", import.meta.url)),
        endpoint: "http://127.0.0.1:4434",
      }),
    },
  ],
});
