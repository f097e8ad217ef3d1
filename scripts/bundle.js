import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleExplorer } from "./bundle-explorer.js";
import { createSbom } from "./sbom.js";

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
 * dist/index.js, is not bundled.
 * @returns the paths of the bundled files
 */
async function bundleProgram(outdir) {
  const { metafile } = await build({
    entryPoints: ["src/main.ts"],
    outdir,
    metafile: true,
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
    external: ["class-validator"],
    // CommonJS packages require Node's built-in modules. esbuild does not know the names in a banner, so modules must not use the same ones.
    banner: { js: 'import { createRequire as createBundleRequire } from "node:module";\nconst require = createBundleRequire(import.meta.url);' },
  });
  return Object.keys(metafile.inputs);
}

/** Usage: `node scripts/bundle.js` for the program, the explorer and a bill of materials, or with a folder for the program only. */
const [folder] = process.argv.slice(2);
if (folder) await bundleProgram(folder);
else {
  const inputs = [...(await bundleProgram("dist")), ...(await bundleExplorer())];
  writeFileSync("dist/sbom.cdx.json", `${JSON.stringify(createSbom(inputs), undefined, 1)}\n`);
}
