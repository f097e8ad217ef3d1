import { getDistDirectory, renderAltair } from "altair-static";
import sirv from "sirv";
import { SAMPLES } from "./samples.js";

/** Altair advertises an AI assistant, which is a service of its vendor. */
const HIDE_ADVERTS = "<style>app-banner { display: none }</style>";

export const ALTAIR_HTML = renderAltair({
  baseURL: "/explorer/",
  endpointURL: "/graphql",
  disableAccount: true,
  initialSettings: { theme: "light", "theme.dark": "dark" },
  // Altair shows the tab that it opens last, which should be the first sample.
  initialWindows: SAMPLES.toReversed().map(({ name, document, variables }) => ({
    initialName: name,
    initialQuery: document,
    initialVariables: JSON.stringify(variables, null, 2),
  })),
}).replace("</head>", `${HIDE_ADVERTS}</head>`);

/** The page communicates with this server only. */
export const ALTAIR_POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; frame-ancestors 'none'";

/** Serves a file of the page from Altair's package. */
export const serveAltairFile = sirv(getDistDirectory(), { etag: true });
