import { getDistDirectory, renderAltair } from "altair-static";
import type { IncomingMessage, ServerResponse } from "node:http";
import sirv from "sirv";

const QUERY = `# Send with Ctrl+Enter. The whole graph is described under "Docs".
query Welcome {
  version
  health { alive ready }
  identities(first: 5) {
    edges { node { id schemaId traits state createdAt } }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const PAGE = renderAltair({
  baseURL: "/explorer/",
  endpointURL: "/graphql",
  disableAccount: true,
  initialName: "Welcome",
  initialQuery: QUERY,
});

/** Nothing of the page comes from, or goes to, anywhere but this server. */
const POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:";

const files = sirv(getDistDirectory(), { etag: true });

/** Serves the explorer page under /explorer/, every file of it from here. */
export function serveExplorer(request: IncomingMessage, response: ServerResponse, path: string): void {
  if (path === "/explorer/") {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY }).end(PAGE);
    return;
  }
  request.url = path.slice("/explorer".length);
  files(request, response, () => {
    response.writeHead(404).end();
  });
}
