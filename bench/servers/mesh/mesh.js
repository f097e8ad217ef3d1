import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { generatedPath } from "../generated-path.js";
import { packageVersion } from "../package-version.js";
import { inBench } from "../paths.js";

const HERE = inBench("servers/mesh");

/** The OpenAPI document as a supergraph, made once a run by Mesh Compose. */
let supergraph;

function compose() {
  const path = generatedPath("supergraph.graphql");
  const cli = inBench("node_modules/.bin/mesh-compose");
  if (!existsSync(cli)) throw new Error("Mesh Compose is not installed");
  execFileSync(cli, ["-c", `${HERE}/mesh.config.js`, "-o", path], { stdio: "pipe" });
  return path;
}

/** GraphQL Mesh as its documentation has it today: Mesh Compose reads the OpenAPI document, Hive Gateway serves it. */
export const mesh = {
  name: "mesh",
  title: "GraphQL Mesh (OpenAPI)",
  version: () =>
    `@omnigraph/openapi ${packageVersion("@omnigraph/openapi")}, @graphql-hive/gateway ${packageVersion("@graphql-hive/gateway")}`,
  command({ port }) {
    supergraph ??= compose();
    const config = `${HERE}/gateway.config.js`;
    const gateway = inBench("node_modules/.bin/hive-gateway");
    return [process.execPath, gateway, "supergraph", supergraph, "-c", config, "-h", "127.0.0.1", "-p", String(port)];
  },
};
