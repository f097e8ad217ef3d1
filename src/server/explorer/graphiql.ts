import { createRequire } from "node:module";
import { dirname } from "node:path";
import sirv from "sirv";
import { type Page, toInlineJson } from "./page.js";
import type { Sample } from "./samples.js";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  // GraphiQL's editor, Monaco, adds styles.
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** A page that shows GraphiQL with a tab for each sample. Its files are on this server. */
export function renderGraphiql(samples: readonly Sample[]): Page {
  const tabs = samples.map(({ document, variables }) => ({ query: document, variables: JSON.stringify(variables, null, 2) }));
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL · kratos-graphql</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="main.css">
<script type="application/json" id="samples">${toInlineJson(tabs)}</script>
<script type="module" src="main.js"></script>
</head>
<body><div id="explorer"></div></body>
</html>
`;
  return { html, policy: POLICY };
}

// package.json says where the files are, because their path relative to this module is different in the bundled program.
const folder = dirname(createRequire(import.meta.url).resolve("#explorer/main.js"));

/** Serves a file of the page, which scripts/bundle-explorer.js builds. */
export const serveGraphiqlFile = sirv(folder, { etag: true });
