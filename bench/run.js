/** The bench from the command line: builds, measures, and writes down what came out. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { bench } from "./bench.js";
import { readOptions } from "./options.js";
import { toChart } from "./report/chart.js";
import { toMarkdown } from "./report/markdown.js";
import { writeDocs } from "./report/write-docs.js";
import { PRODUCT } from "./servers/index.js";
import { inBench, inRepository } from "./servers/paths.js";

const options = readOptions(process.argv.slice(2));
const begun = Date.now();
const say = (text) => console.error(`[${String(Math.round((Date.now() - begun) / 1000)).padStart(4)} s] ${text}`);

if (!existsSync(inBench("node_modules"))) {
  console.error("The servers to compare with are not installed: run `npm ci --prefix bench` first.");
  process.exit(1);
}
// The processes that the bench has started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

if (options.build && options.servers.some(({ name }) => name === PRODUCT)) {
  say(`Building ${PRODUCT}.`);
  execFileSync("npm", ["run", "--silent", "build"], { cwd: inRepository("."), stdio: "inherit" });
}

const results = await bench(options, say);
const markdown = toMarkdown(results);
mkdirSync(inBench("results"), { recursive: true });
writeFileSync(inBench("results/latest.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(inBench("results/latest.svg"), toChart(results));
const written = options.docs ? writeDocs(results, markdown) : [];
console.log(markdown);
say(`Written: ${["bench/results/latest.json", "bench/results/latest.svg", ...written].join(", ")}.`);
