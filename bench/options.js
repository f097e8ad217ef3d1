import { parseArgs } from "node:util";
import { CASES } from "./cases/index.js";
import { SERVERS } from "./servers/index.js";

const USAGE = `npm run bench -- [options]
  --rounds <n>       rounds, each server's turn once in each (5)
  --seconds <n>      time of one sample (3)
  --connections <n>  requests under way at once (16)
  --only <a,b>       servers: ${SERVERS.map(({ name }) => name).join(", ")}
  --cases <a,b>      cases: ${CASES.map(({ name }) => name).join(", ")}
  --no-build         take dist/ as it is
  --no-docs          leave docs/ as it is`;

/** What the command line asks for. Ends the process where it asks for what there is not. */
export function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      allowNegative: true,
      options: {
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "3" },
        connections: { type: "string", default: "16" },
        only: { type: "string" },
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
    return {
      rounds: positive("rounds", values.rounds),
      seconds: positive("seconds", values.seconds),
      connections: positive("connections", values.connections),
      servers: choose("only", values.only, SERVERS),
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
  if (!(value > 0)) throw new Error(`--${name} must be a number above 0; it is ${text}.`);
  return value;
}

function choose(name, text, all) {
  if (text === undefined) return all;
  const names = text.split(",");
  const unknown = names.find((wanted) => !all.some((one) => one.name === wanted));
  if (unknown !== undefined) throw new Error(`--${name} has ${unknown}, which there is not.`);
  return all.filter((one) => names.includes(one.name));
}
