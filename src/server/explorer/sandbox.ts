import { DEFAULT_EMBEDDED_SANDBOX_VERSION } from "@apollo/server/plugin/landingPage/default";
import { hashOf, type Page, toInlineJson } from "./page.js";
import type { Sample } from "./samples.js";

/* Apollo Server's own landing page renders nothing before it has loaded fonts from other servers, which takes long on a
   closed network, and it cannot replace itself with the explorer that works there. */

const CDN = "https://embeddable-sandbox.cdn.apollographql.com";
const FRAME = "https://sandbox.embed.apollographql.com";

/** How long Sandbox may take to start. Connections on a closed network often fail only after minutes. */
const START_TIMEOUT_MS = 10_000;

const STYLE = `
  html { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
  body { margin: 0; height: 100vh; display: grid; grid-template-rows: auto 1fr }
  header { padding: 0.4rem 1rem; border-bottom: 1px solid #8884 }
  #sandbox { display: grid }
  #sandbox > * { grid-area: 1 / 1 }
  #sandbox p { place-self: center; padding: 1rem }
  iframe { width: 100%; height: 100%; border: 0; background: Canvas }
`;

/* Sandbox sends a message from its frame as soon as it has started. */
const SCRIPT = `
  const openExplorer = () => location.replace("explorer/");
  const timer = setTimeout(openExplorer, ${START_TIMEOUT_MS});
  addEventListener("message", ({ origin }) => origin === "${FRAME}" && clearTimeout(timer));

  const script = document.createElement("script");
  script.src = "${CDN}/${DEFAULT_EMBEDDED_SANDBOX_VERSION}/embeddable-sandbox.umd.production.min.js";
  script.onerror = openExplorer;
  script.onload = () => {
    const options = JSON.parse(document.getElementById("options").textContent);
    new window.EmbeddedSandbox({ ...options, initialEndpoint: location.href });
  };
  document.head.append(script);
`;

const POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(SCRIPT)} ${CDN}`,
  `style-src ${hashOf(STYLE)}`,
  "img-src https://embeddable-explorer.cdn.apollographql.com",
  `frame-src ${FRAME}`,
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** A page that shows Apollo Sandbox in a frame, and sends its operations to this server. If Sandbox does not start, it opens GraphiQL. */
export function renderSandbox([sample]: readonly Sample[]): Page {
  const options = {
    target: "#sandbox",
    initialState: { document: sample?.document, variables: sample?.variables, pollForSchemaUpdates: false },
    endpointIsEditable: false,
    runTelemetry: false,
    allowDynamicStyles: false,
  };
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Apollo Sandbox · kratos-graphql</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<script type="application/json" id="options">${toInlineJson(options)}</script>
<script type="module">${SCRIPT}</script>
</head>
<body>
<header>Apollo Sandbox is loaded from apollographql.com. <a href="explorer/">GraphiQL at /explorer/</a> works without internet access.</header>
<main id="sandbox"><p role="status">Loading Apollo Sandbox…</p></main>
</body>
</html>
`;
  return { html, policy: POLICY };
}
