import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { EXTERNALS } from "./externals.js";

/** Copies the packages that dist/main.js needs at runtime, with their dependencies. Usage: `node scripts/copy-externals.js <output folder>`. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Missing argument. Usage: node scripts/copy-externals.js <output folder>");

const selector = EXTERNALS.flatMap((name) => [`.prod[name="${name}"]`, `.prod[name="${name}"] *`]).join(", ");
const packages = JSON.parse(execFileSync("npm", ["query", selector], { encoding: "utf8" }));
for (const { location } of packages) cpSync(location, join(folder, location), { recursive: true });
