import { ApolloClient, gql, HttpLink, InMemoryCache, type TypedDocumentNode } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { randomUUID } from "node:crypto";
import { filter, firstValueFrom } from "rxjs";
import { createIdentities, deleteIdentities, startApiFlow } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { useFacade } from "../support/use-facade.js";

interface Identities {
  identities: { edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
}

const IDENTITIES: TypedDocumentNode<Identities, { first: number; after?: string | null }> = gql`
  query Identities($first: Int, $after: String) {
    identities(first: $first, after: $after) {
      edges {
        node {
          id
          traits
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

const { facade, kratos } = useFacade(startKratos);
let client: ApolloClient;

beforeEach(() => {
  client = new ApolloClient({
    link: new HttpLink({ uri: `${facade.url}/graphql` }),
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { identities: relayStylePagination(["filter"]) } },
      },
    }),
  });
});

afterEach(() => client.stop());

describe("a list that loads more while it is scrolled", () => {
  let ours: string[];

  beforeAll(async () => {
    ours = await createIdentities(kratos, "default", Array.from({ length: 600 }, () => ({ email: `${randomUUID()}@apollo.example.com` })));
  }, 60_000);

  afterAll(() => deleteIdentities(kratos, ours), 60_000);

  it("ends with all 600 identities, each once, with pages of different sizes", async () => {
    const list = client.watchQuery({ query: IDENTITIES, variables: { first: 50 } });
    const scrolling = list.subscribe(() => undefined);
    /** The list as soon as it is longer than before. */
    const shown = async (before: number) => {
      const grown = list.pipe(filter(({ data }) => (data?.identities?.edges?.length ?? 0) > before));
      return ((await firstValueFrom(grown)).data as Identities).identities;
    };
    let identities = await shown(0);
    let pages = 1;
    for (; identities.pageInfo.hasNextPage; pages++) {
      await list.fetchMore({ variables: { first: pages % 2 ? 100 : 50, after: identities.pageInfo.endCursor } });
      identities = await shown(identities.edges.length);
    }
    scrolling.unsubscribe();
    const ids = identities.edges.map(({ node }) => node.id);
    expect(pages).toBeGreaterThanOrEqual(8);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ours.filter((id) => !ids.includes(id))).toEqual([]);
  }, 60_000);
});

it("keeps the texts of a form apart in the cache, even if two are the same sentence with other values", async () => {
  const { id } = await startApiFlow(kratos, "registration");
  const query = `query ($id: ID!) { registrationFlow(id: $id) { id ui { nodes { meta { label { number text } } } } } }`;
  const { data: sent } = await facade.send(query, { id });
  const { data } = await client.query<any>({ query: gql(query), variables: { id } });
  const texts = ({ registrationFlow: { ui } }: any) => ui.nodes.map(({ meta }: any) => meta.label?.text);
  expect(texts(data)).toEqual(texts(sent));
});
