import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

/* Requests go to the page's own origin. The server refuses two credentials in one request, so each client has one of its own. */

/** The client of those who manage identities. It sends no cookie: the page's server adds an API key, if there is one. */
export const client = new ApolloClient({
  link: new HttpLink({ uri: "/graphql", credentials: "omit" }),
  cache: new InMemoryCache({
    typePolicies: {
      Query: {
        fields: {
          identities: relayStylePagination(["filter"]),
          courierMessages: relayStylePagination(["recipient"]),
        },
      },
      Identity: { fields: { sessions: relayStylePagination() } },
    },
  }),
});

/** The client of the signed-in user. It sends Kratos' session cookie, and the page's server adds nothing. */
export const accountClient = new ApolloClient({
  link: new HttpLink({ uri: "/account/graphql", credentials: "include" }),
  cache: new InMemoryCache({
    // A viewer has no ID: there is only one.
    typePolicies: { Viewer: { merge: true, fields: { otherSessions: relayStylePagination() } } },
  }),
});
