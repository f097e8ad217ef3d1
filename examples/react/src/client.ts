import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";

/** The GraphQL client. Requests go to the page's own origin. */
export const client = new ApolloClient({
  link: new HttpLink({ uri: "/graphql" }),
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
