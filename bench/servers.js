/** The servers that are compared, and how each is started. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { get, graphql } from "./cases/requests.js";

const BENCH = import.meta.dirname;
const REPOSITORY = join(BENCH, "..");
const TAILCALL = "@tailcallhq/core-linux-x64-gnu";

export const PRODUCT = "kratos-graphql";

/**
 * Each server has:
 * - `api`: which of a case's requests it takes;
 * - `version()`: what is measured;
 * - `command({ port, upstreamUrl })`: the program and its arguments. The environment has PORT and KRATOS_ADMIN_URL as well.
 *
 * Programs for Node run on the Node that runs the bench.
 */
export const SERVERS = [
  {
    name: "bare",
    title: "bare Node proxy",
    api: "rest",
    version: () => process.versions.node,
    command: () => node("servers/bare.js"),
  },
  {
    name: PRODUCT,
    title: PRODUCT,
    api: "product",
    version: () => versionIn(join(REPOSITORY, "package.json")),
    env: { TRAITS_SCHEMAS: join(BENCH, "servers/traits.json") },
    command: () => [process.execPath, join(REPOSITORY, "dist/main.js")],
  },
  {
    name: "apollo",
    title: "Apollo Server, by hand",
    api: "apollo",
    version: () => versionsOf("@apollo/server"),
    command: () => node("servers/apollo.js"),
  },
  {
    name: "mesh-yoga",
    title: "Mesh: omnigraph + yoga",
    api: "mesh",
    version: () => versionsOf("@omnigraph/openapi", "graphql-yoga"),
    command: () => node("servers/omnigraph-yoga.js"),
  },
  {
    name: "mesh-hive",
    title: "Mesh: Hive Gateway",
    api: "mesh",
    version: () => versionsOf("@omnigraph/openapi", "@graphql-hive/gateway"),
    command({ port }) {
      const config = join(BENCH, "servers/hive-gateway.config.js");
      const flags = ["-c", config, "-h", "127.0.0.1", "-p", String(port)];
      return node("node_modules/.bin/hive-gateway", "supergraph", composeSupergraph(), ...flags);
    },
  },
  {
    name: "tailcall",
    title: "Tailcall (native)",
    api: "tailcall",
    version: () => versionsOf(TAILCALL).replace(TAILCALL, "").trim(),
    env: { TAILCALL_TRACKER: "false", TAILCALL_LOG_LEVEL: "error" },
    command({ port, upstreamUrl }) {
      const binary = join(BENCH, "node_modules", TAILCALL, "bin/tailcall");
      if (!existsSync(binary)) throw new Error("npm has no Tailcall binary for this platform.");
      return [binary, "start", configureTailcall(port, upstreamUrl)];
    },
  },
];

/** Not measured under load. Its start is what the start of kratos-graphql is compared with. */
export const EMPTY_APOLLO = {
  name: "empty-apollo",
  title: "Apollo Server, empty type-graphql schema",
  version: () => versionsOf("@apollo/server", "type-graphql"),
  command: () => node("servers/empty-apollo.js"),
  firstRequest: graphql("{ hello }"),
  checkFirst: ({ data }) => {
    if (data?.hello !== "hello") throw new Error("Expected hello.");
  },
};

/** The stand-in for Kratos. */
export const UPSTREAM = {
  command: () => node("upstream.js"),
  firstRequest: get("/version"),
  checkFirst: ({ version }) => {
    if (version !== "v26.2.0") throw new Error(`Expected version v26.2.0, received ${version}.`);
  },
};

function node(script, ...args) {
  return [process.execPath, join(BENCH, script), ...args];
}

function versionsOf(...packages) {
  return packages.map((name) => `${name} ${versionIn(join(BENCH, "node_modules", name, "package.json"))}`).join(", ");
}

function versionIn(path) {
  return JSON.parse(readFileSync(path, "utf8")).version.replace(/^v/, "");
}

function generatedPath(name) {
  mkdirSync(join(BENCH, ".generated"), { recursive: true });
  return join(BENCH, ".generated", name);
}

let supergraph;

/** Mesh Compose turns the OpenAPI document into the supergraph that Hive Gateway serves. Once a run is enough. */
function composeSupergraph() {
  if (supergraph === undefined) {
    const path = generatedPath("supergraph.graphql");
    const config = join(BENCH, "servers/mesh-compose.config.js");
    const [program, ...args] = node("node_modules/.bin/mesh-compose", "-c", config, "-o", path);
    execFileSync(program, args, { stdio: "pipe" });
    supergraph = path;
  }
  return supergraph;
}

/** Tailcall reads the port and the address of the upstream from its configuration. */
function configureTailcall(port, upstreamUrl) {
  const template = readFileSync(join(BENCH, "servers/tailcall.graphql"), "utf8");
  const path = generatedPath(`tailcall-${port}.graphql`);
  writeFileSync(path, template.replaceAll("{port}", port).replaceAll("{upstream}", upstreamUrl));
  return path;
}
