import { get, graphql } from "../cases/request.js";
import { packageVersion, productVersion } from "./package-version.js";
import { inBench, inRepository } from "./paths.js";
import { mesh } from "./mesh/mesh.js";
import { tailcall } from "./tailcall/tailcall.js";

/** The server that this is all about. */
export const PRODUCT = "kratos-graphql";

const node = (script) => [process.execPath, script];

/** Each server: the program that serves on a port before an upstream, and what it is called in the results. */
export const SERVERS = [
  {
    name: "bare",
    title: "bare Node proxy",
    version: () => process.versions.node,
    command: () => node(inBench("servers/bare.js")),
  },
  {
    name: PRODUCT,
    title: "kratos-graphql",
    version: productVersion,
    command: () => node(inRepository("dist/main.js")),
  },
  {
    name: "apollo",
    title: "Apollo Server, by hand",
    version: () => packageVersion("@apollo/server"),
    command: () => node(inBench("servers/apollo.js")),
  },
  mesh,
  tailcall,
];

/** Not measured under load: what the start-up times are compared with. */
export const HELLO = {
  name: "hello",
  title: "Apollo Server, empty type-graphql schema",
  version: () => `${packageVersion("@apollo/server")}, type-graphql ${packageVersion("type-graphql")}`,
  command: () => node(inBench("servers/hello.js")),
  request: graphql("{ hello }"),
  isRight: ({ data }) => data.hello === "hello",
};

/** What stands in for Kratos. */
export const UPSTREAM = {
  command: () => node(inBench("upstream/server.js")),
  request: get("/version"),
  isRight: ({ version }) => version === "v26.2.0",
};
