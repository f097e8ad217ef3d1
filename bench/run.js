/** The command line of the bench: builds kratos-graphql, runs the bench, and writes the results. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runBench } from "./bench.js";
import { CASES } from "./cases/index.js";
import { toChart } from "./chart.js";
import { toMarkdown } from "./report.js";
import { SERVERS } from "./servers.js";

const BENCH = import.meta.dirname;
const REPOSITORY = join(BENCH, "..");
const PAGE = "docs/performance.md";
const CHART = "docs/performance.svg";
const BEGIN = "<!-- results -->";
const END = "<!-- /results -->";
const USAGE = `npm run bench -- [options]
  --rounds <n>       rounds; each server has one turn in each (5)
  --seconds <n>      length of a sample (2)
  --connections <n>  requests in flight, at most 40 (16)
  --servers <a,b>    ${SERVERS.map(({ name }) => name).join(", ")}
  --cases <a,b>      ${CASES.map(({ name }) => name).join(", ")}
  --no-build         use dist/ as it is
  --no-docs          do not write to docs/`;

const options = readOptions(process.argv.slice(2));
const startedAt = performance.now();
const log = (text) => console.error(`[${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s] ${text}`);

// The processes that the bench has started end with it.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

if (options.build) {
  log("Building kratos-graphql.");
  execFileSync("npm", ["run", "--silent", "build"], { cwd: REPOSITORY, stdio: "inherit" });
}
const results = await runBench(options, log);
const markdown = toMarkdown(results);
const chart = toChart(results);
mkdirSync(join(BENCH, "results"), { recursive: true });
writeFileSync(join(BENCH, "results/latest.json"), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(join(BENCH, "results/latest.svg"), chart);
if (options.docs) writeDocs();
console.log(markdown);
log(`Wrote bench/results/latest.json and latest.svg${options.docs ? `, ${PAGE} and ${CHART}` : ""}.`);

function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "2" },
        connections: { type: "string", default: "16" },
        servers: { type: "string" },
        cases: { type: "string" },
        build: { type: "boolean", default: true },
        docs: { type: "boolean", default: true },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit();
    }
    if (!existsSync(join(BENCH, "node_modules"))) {
      throw new Error("The packages of the bench are not installed. Run `npm ci --prefix bench` first.");
    }
    return {
      rounds: positive("rounds", values.rounds),
      seconds: positive("seconds", values.seconds),
      connections: positive("connections", values.connections),
      servers: choose("servers", values.servers, SERVERS),
      cases: choose("cases", values.cases, CASES),
      build: values.build,
      docs: values.docs,
    };
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0, received ${text}.`);
  return value;
}

function choose(name, text, all) {
  if (text === undefined) return all;
  const names = text.split(",");
  const unknown = names.find((wanted) => !all.some((one) => one.name === wanted));
  if (unknown !== undefined) {
    throw new Error(`--${name} must be a list of ${all.map((one) => one.name).join(", ")}, received ${unknown}.`);
  }
  return all.filter((one) => names.includes(one.name));
}

/** Replaces the tables between the two markers of docs/performance.md, and the chart beside it. */
function writeDocs() {
  const path = join(REPOSITORY, PAGE);
  const page = readFileSync(path, "utf8");
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${PAGE} must contain ${BEGIN} and, after it, ${END}.`);
  writeFileSync(path, `${page.slice(0, begin + BEGIN.length)}\n\n${markdown}\n\n${page.slice(end)}`);
  writeFileSync(join(REPOSITORY, CHART), chart);
}
