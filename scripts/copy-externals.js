import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { EXTERNALS } from "./externals.js";

/** Copies what dist/main.js needs of node_modules, a few packages of some two hundred, into a folder: `node scripts/copy-externals.js <folder>`. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Give the folder to copy to.");

const withWhatTheyNeed = EXTERNALS.flatMap((name) => [`.prod[name="${name}"]`, `.prod[name="${name}"] *`]).join(", ");
const packages = JSON.parse(execFileSync("npm", ["query", withWhatTheyNeed], { encoding: "utf8" }));
for (const { location } of packages) cpSync(location, join(folder, location), { recursive: true });
