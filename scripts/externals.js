import { execFileSync } from "node:child_process";

/** Packages that are not bundled into dist/main.js: Altair's static files are served from its package. */
export const EXTERNALS = ["altair-static"];

/** Returns the paths of the externals and of their dependencies, e.g. `node_modules/altair-static`. */
export function findExternals() {
  const selector = EXTERNALS.flatMap((name) => [`.prod[name="${name}"]`, `.prod[name="${name}"] *`]).join(", ");
  return JSON.parse(execFileSync("npm", ["query", selector], { encoding: "utf8" })).map(({ location }) => location);
}
