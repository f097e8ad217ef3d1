import { mkdirSync } from "node:fs";
import { inBench } from "./paths.js";

/** @returns where a file goes that is made anew in each run */
export function generatedPath(name) {
  mkdirSync(inBench(".generated"), { recursive: true });
  return inBench(`.generated/${name}`);
}
