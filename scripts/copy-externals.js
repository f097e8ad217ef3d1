import { cpSync } from "node:fs";
import { join } from "node:path";
import { findExternals } from "./externals.js";

/** Copies the packages that dist/main.js needs at runtime, with their dependencies. Usage: `node scripts/copy-externals.js <output folder>`. */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Missing argument. Usage: node scripts/copy-externals.js <output folder>");

for (const location of findExternals()) cpSync(location, join(folder, location), { recursive: true });
