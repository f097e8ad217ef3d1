import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { EXTERNALS } from "./externals.js";

/** Whatever is CommonJS would bring another graphql beside that of the modules, whose errors and types are none of the first's. */
const oneGraphql = {
  name: "one graphql",
  setup({ onResolve }) {
    onResolve({ filter: /^graphql(\/.+)?$/ }, ({ path, kind }) => {
      if (kind !== "require-call") return undefined;
      const module = path === "graphql" ? "graphql/index.mjs" : path.replace(/(\.js)?$/, ".mjs");
      return { path: fileURLToPath(import.meta.resolve(module)) };
    });
  },
};

/** What stands in place of packages of which little is used, and whose entries load all that they have: V8 keeps the source of what it loads. */
const PARTS = {
  undici: `
    export { default as Pool } from "undici/lib/dispatcher/pool.js";
    export { default as errors } from "undici/lib/core/errors.js";`,
  "rate-limiter-flexible": `
    export { default as RateLimiterMemory } from "rate-limiter-flexible/lib/RateLimiterMemory.js";
    export { default as RateLimiterRedis } from "rate-limiter-flexible/lib/RateLimiterRedis.js";`,
  // Loaded when it is needed, a module of CommonJS has a default alone.
  ioredis: 'export { Redis } from "ioredis/built/index.js";',
  // graphql-jit's own way to write JSON, in place of which there is Apollo Server's.
  "fast-json-stringify": "export {};",
  // Bundled, Apollo Server's hash would be the one in JavaScript, which is for where there is no Node.
  "@apollo/utils.createhash": 'export { createHash } from "node:crypto";',
};

const onlyParts = {
  name: "only parts",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path }) => (Object.hasOwn(PARTS, path) ? { path, namespace: "parts" } : undefined));
    onLoad({ filter: /./, namespace: "parts" }, ({ path }) => ({
      contents: PARTS[path],
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
    }));
  },
};

/**
 * Puts the server's program into a few files: loading some five hundred takes half of its start.
 * The library beside it, dist/index.js, is what tsc makes of each file. Another folder than dist can be given.
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
  plugins: [oneGraphql, onlyParts],
  // class-validator is type-graphql's option, and not used.
  external: [...EXTERNALS, "class-validator"],
  // What is CommonJS among the dependencies asks for Node's own modules by require.
  banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
});
