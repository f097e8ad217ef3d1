import { rmSync } from "node:fs";
import { build } from "esbuild";

/** Bundles GraphiQL, which its package does not contain as files that a browser can load, into the static files of /explorer/. */
const outdir = "dist/explorer";

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    main: "explorer/main.js",
    // GraphiQL's editor, Monaco, runs these in workers.
    "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
    "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
    "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
  },
  outdir,
  bundle: true,
  splitting: true,
  minify: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".ttf": "file" },
});
