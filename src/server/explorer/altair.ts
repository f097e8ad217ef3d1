import { getDistDirectory, renderAltair } from "altair-static";
import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";
import { sendPage } from "./page.js";
import { SAMPLES } from "./samples.js";

/** Altair shows the last tab that it opens, and it is the first that a user should see. */
const TABS = SAMPLES.toReversed();

/** Altair advertises an assistant that is a service of its maker's. */
const NO_ADVERTS = "<style>app-banner { display: none }</style>";

const PAGE = renderAltair({
  baseURL: "/explorer/",
  endpointURL: "/graphql",
  disableAccount: true,
  initialSettings: { theme: "light", "theme.dark": "dark" },
  initialWindows: TABS.map(({ name, document, variables }) => ({
    initialName: name,
    initialQuery: document,
    initialVariables: JSON.stringify(variables, null, 2),
  })),
}).replace("</head>", `${NO_ADVERTS}</head>`);

/** Nothing of the page comes from, or goes to, anywhere but this server. */
const POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'";

const files = sirv(getDistDirectory(), { etag: true });

/** Serves Altair under /explorer/, every file of it from here. */
export function serveAltair(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (path === "/explorer/") return sendPage(response, PAGE, POLICY);
  request.url = path.slice("/explorer".length);
  files(request, response, () => {
    response.writeHead(404).end();
  });
}
