import { DEFAULT_EMBEDDED_SANDBOX_VERSION } from "@apollo/server/plugin/landingPage/default";
import { createHash } from "node:crypto";
import { SAMPLES } from "./samples.js";

/* Apollo Server's own landing page renders nothing before it has loaded fonts from other servers, which takes long on a
   closed network, and it cannot link to the explorer that works there. */

const CDN = "https://embeddable-sandbox.cdn.apollographql.com";
const FRAME = "https://sandbox.embed.apollographql.com";
const [first] = SAMPLES;

const OPTIONS = {
  target: "#sandbox",
  initialState: { document: first?.document, variables: first?.variables, pollForSchemaUpdates: false },
  endpointIsEditable: false,
  runTelemetry: false,
  allowDynamicStyles: false,
};

const STYLE = `
  html { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif }
  body { margin: 0; height: 100vh; display: grid; grid-template-rows: auto 1fr }
  header { padding: 0.4rem 1rem; border-bottom: 1px solid #8884 }
  #sandbox { display: grid }
  #sandbox > * { grid-area: 1 / 1 }
  #sandbox p { place-self: center; padding: 1rem }
  iframe { width: 100%; height: 100%; border: 0; background: Canvas }
`;

const SCRIPT = `
  const options = ${JSON.stringify(OPTIONS)};
  if (window.EmbeddedSandbox) new window.EmbeddedSandbox({ ...options, initialEndpoint: location.origin + "/graphql" });
  else document.querySelector("#sandbox p").textContent = "Apollo Sandbox cannot be loaded from apollographql.com.";
`;

/** A page that shows Apollo Sandbox in a frame, and sends its operations to this server. */
export const SANDBOX_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kratos-graphql</title>
<style>${STYLE}</style>
<script src="${CDN}/${DEFAULT_EMBEDDED_SANDBOX_VERSION}/embeddable-sandbox.umd.production.min.js" defer></script>
<script type="module">${SCRIPT}</script>
</head>
<body>
<header>Apollo Sandbox is loaded from apollographql.com. <a href="/explorer/">The explorer at /explorer/</a> works without internet access.</header>
<main id="sandbox"><p role="status">Loading Apollo Sandbox…</p></main>
</body>
</html>
`;

const getHash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

export const SANDBOX_POLICY = [
  "default-src 'none'",
  `script-src ${getHash(SCRIPT)} ${CDN}`,
  `style-src ${getHash(STYLE)}`,
  "img-src https://embeddable-explorer.cdn.apollographql.com",
  `frame-src ${FRAME}`,
  "connect-src 'self'",
  "frame-ancestors 'none'",
].join("; ");
