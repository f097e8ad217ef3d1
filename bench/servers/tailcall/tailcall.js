import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { generatedPath } from "../generated-path.js";
import { packageVersion } from "../package-version.js";
import { inBench } from "../paths.js";

const PACKAGE = "@tailcallhq/core-linux-x64-gnu";

/** Tailcall's configuration holds port and address. */
function configure(port, upstreamUrl) {
  const template = readFileSync(inBench("servers/tailcall/kratos.graphql"), "utf8");
  const path = generatedPath(`tailcall-${port}.graphql`);
  writeFileSync(path, template.replaceAll("{port}", port).replaceAll("{upstream}", upstreamUrl));
  return path;
}

/** Tailcall's native binary, which npm has for Linux with glibc on x64. */
export const tailcall = {
  name: "tailcall",
  title: "Tailcall (native)",
  version: () => packageVersion(PACKAGE),
  env: { TAILCALL_TRACKER: "false", TAILCALL_LOG_LEVEL: "error" },
  command({ port, upstreamUrl }) {
    const binary = inBench(`node_modules/${PACKAGE}/bin/tailcall`);
    if (!existsSync(binary)) throw new Error("npm has no binary for this platform");
    return [binary, "start", configure(port, upstreamUrl)];
  },
};
