import { rmSync } from "node:fs";
import { build } from "esbuild";

const outdir = "dist/explorer";

/**
 * Bundles GraphiQL, which its package does not contain as files that a browser can load, into the static files of /explorer/.
 * @returns the paths of the bundled files
 */
export async function bundleExplorer() {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: {
      main: "explorer/main.js",
      // GraphiQL's editor, Monaco, runs these in workers.
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
      "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
    },
    outdir,
    metafile: true,
    bundle: true,
    splitting: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"' },
    loader: { ".ttf": "file" },
  });
  return Object.keys(metafile.inputs);
}
