import { build } from "esbuild";

/**
 * Puts the server's program into a few files: loading some five hundred takes half of its start.
 * The library beside it, dist/index.js, is what tsc makes of each file.
 */
await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  minifyWhitespace: true,
  mainFields: ["module", "main"],
  // Altair's files are served from its own package; class-validator is type-graphql's option, and not used; bundled, Apollo's
  // hash would be one in JavaScript in place of Node's.
  external: ["altair-static", "class-validator", "@apollo/utils.createhash"],
  // What is CommonJS among the dependencies asks for Node's own modules by require.
  banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
});
