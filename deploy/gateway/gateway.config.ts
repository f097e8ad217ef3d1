import { defineConfig } from "@graphql-hive/gateway";

/**
 * What kratos-graphql checks itself: an API key, a JWT or a session of Kratos, and the page that has sent a mutation by cookie.
 * The other subgraphs do not get it.
 */
const HEADERS = ["authorization", "cookie", "x-session-token", "origin", "sec-fetch-site"];

export const gatewayConfig = defineConfig({
  supergraph: "supergraph.graphql",
  port: 4002,
  host: "0.0.0.0",
  // By default, the pages of all websites could read responses with the user's cookie. If your pages have another origin than the
  // gateway, list them here, and in CORS_ORIGINS: cors: { origin: ["https://app.example.com"], credentials: true }
  cors: false,
  propagateHeaders: {
    fromClientToSubgraphs: ({ request, subgraphName }) => {
      if (subgraphName !== "identities") return {};
      return Object.fromEntries(HEADERS.flatMap((name) => (request.headers.has(name) ? [[name, request.headers.get(name)!]] : [])));
    },
    // The session cookie that Kratos reissues when users change their traits.
    fromSubgraphsToClient: ({ response, subgraphName }) => (subgraphName === "identities" ? { "set-cookie": response.headers.getSetCookie() } : {}),
  },
});
