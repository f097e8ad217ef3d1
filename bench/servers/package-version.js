import { readFileSync } from "node:fs";
import { inBench, inRepository } from "./paths.js";

/** @returns the version of a package that bench/ has installed */
export function packageVersion(name) {
  return versionIn(inBench(`node_modules/${name}/package.json`));
}

/** @returns this repository's version */
export function productVersion() {
  return versionIn(inRepository("package.json"));
}

function versionIn(path) {
  return JSON.parse(readFileSync(path, "utf8")).version.replace(/^v/, "");
}
