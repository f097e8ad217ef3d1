import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { EXTERNALS } from "./externals.js";

/**
 * Resolves `require("graphql")` of CommonJS packages to the ES modules that everything else imports. Otherwise the bundle would
 * contain graphql twice, and each copy refuses the schemas and errors of the other.
 */
const singleGraphql = {
  name: "single graphql",
  setup({ onResolve }) {
    onResolve({ filter: /^graphql(\/.+)?$/ }, ({ path, kind }) => {
      if (kind !== "require-call") return undefined;
      const module = path === "graphql" ? "graphql/index.mjs" : path.replace(/(\.js)?$/, ".mjs");
      return { path: fileURLToPath(import.meta.resolve(module)) };
    });
  },
};

/** The commit that is being built: the variable REVISION, e.g. in an image, or else that of the clone, if this is one. */
function getRevision() {
  if (process.env.REVISION) return process.env.REVISION;
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/**
 * Bundles the program into a few files, because loading some five hundred modules takes half of its start-up time. The library,
 * dist/index.js, is not bundled. Usage: `node scripts/bundle.js [output folder]`.
 */
await build({
  entryPoints: ["src/main.ts"],
  outdir: process.argv[2] ?? "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifyWhitespace: true,
  mainFields: ["module", "main"],
  plugins: [singleGraphql],
  define: { BUNDLED_BUILD: JSON.stringify({ version, revision: getRevision() }) },
  // Apollo Server hashes every document. In a bundle, its helper does not recognize Node and would use a hash written in JavaScript.
  alias: { "@apollo/utils.createhash": "node:crypto" },
  // class-validator is an optional dependency of type-graphql that is not used.
  external: [...EXTERNALS, "class-validator"],
  // CommonJS packages require Node's built-in modules.
  banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
});
