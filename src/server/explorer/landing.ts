import type { ServerResponse } from "node:http";
import { hashOf, sendPage } from "./page.js";
import type { SampleOptions } from "./samples.js";
import { createTraitsSample } from "./traits-sample.js";

const STYLE = `
  html { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
  body { margin: 0 auto; max-width: 44rem; padding: 1rem }
  pre { padding: 0.8rem 1rem; border: 1px solid #8888; border-radius: 0.4rem; white-space: pre-wrap; overflow-wrap: anywhere }
`;

/* Only the browser knows the address of the server, which may be behind a proxy. */
const SCRIPT = `
  const endpoint = document.getElementById("endpoint");
  endpoint.textContent = new URL("graphql", location.href).href;
`;

const EXPLORERS = `<h2>Explore the API</h2>
<ul>
<li><a href="explorer/">GraphiQL</a> has sample operations, and the documentation of every type and field. It works without internet access.</li>
<li><a href="graphql">Apollo Sandbox</a> is hosted by Apollo. It requires internet access, and your operations pass through it.</li>
</ul>`;

const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Sends the page at /: what this server is, and how to use it. */
export function sendLandingPage(response: ServerResponse, explorers: boolean, { built }: SampleOptions): void {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kratos-graphql</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>kratos-graphql</h1>
<p>A GraphQL API for the identities in <a href="https://www.ory.sh/kratos">Ory Kratos</a>.</p>
${explorers ? EXPLORERS : ""}
<h2>Send a query</h2>
<pre><code>curl <span id="endpoint">http://127.0.0.1:4000/graphql</span> -H "Content-Type: application/json" -d '{
  "query": "{ identities(first: 2) { edges { node { id ${createTraitsSample(built).field} } } } }"
}'</code></pre>
<p>If callers must authenticate, add <code>-H "Authorization: Bearer &lt;API key or JWT&gt;"</code>.</p>
<h2>Documentation</h2>
<p><code>README.md</code> is in the npm package. The pages in <code>docs</code> of the repository describe configuration, errors, security and operations.</p>
<p>Health checks are at <a href="health/live">/health/live</a> and <a href="health/ready">/health/ready</a>.</p>
</main>
<script type="module">${SCRIPT}</script>
</body>
</html>
`;
  sendPage(response, { html, policy: POLICY });
}
