/** The cases that ask for many identities: pages, references, and a walk through pages. */
import { LARGE, SMALL } from "../identities.js";
import { dataOf, expectIdentities, get, graphql, oneLine, snakeCase } from "./requests.js";

const PAGE_SIZE = 100;
/** Different pages of each set. Equal requests in flight would be answered with one by Tailcall. */
const PAGE_COUNT = 100;
const PAGE_KEYS = ["id", "schemaId", "schemaUrl", "state", "traits", "createdAt", "updatedAt", "stateChangedAt"];
const PAGE_FIELDS = PAGE_KEYS.join(" ");
const connection = (fields) =>
  oneLine(`
    query Identities($first: Int!, $after: String) {
      identities(first: $first, after: $after) { edges { node { ${fields} } } pageInfo { hasNextPage endCursor } }
    }
  `);
const CONNECTION = connection(PAGE_FIELDS);
/** All traits of the identity schema, also those that no identity of the bench has. */
const TYPED_CONNECTION = connection(PAGE_FIELDS.replace("traits", "personTraits { email name { first last } age tags }"));
const LIST = oneLine(`
  query Identities($first: Int!, $after: ID) { identities(first: $first, after: $after) { ${PAGE_FIELDS} } }
`);
const KRATOS_LIST = snakeCase(
  oneLine(`
    query Identities($first: Int!, $after: String) { identities(page_size: $first, page_token: $after) { ${PAGE_FIELDS} } }
  `),
);

const tokensOf = (identities) => identities.slice(0, PAGE_COUNT).map(({ id }) => id);
const askConnection = (query, tokens) =>
  tokens.map((id) => graphql(query, { first: PAGE_SIZE, after: Buffer.from(id).toString("base64url") }));
const pageAt = (identities, index) => identities.slice(index + 1, index + 1 + PAGE_SIZE);

function pageCase(name, title, identities) {
  const tokens = tokensOf(identities);
  const ask = (query) => tokens.map((id) => graphql(query, { first: PAGE_SIZE, after: id }));
  return {
    name,
    title,
    requests: {
      rest: () => tokens.map((id) => get(`/identities?page_size=${PAGE_SIZE}&page_token=${id}`)),
      product: () => askConnection(CONNECTION, tokens),
      apollo: () => ask(LIST),
      mesh: () => ask(KRATOS_LIST),
      tailcall: () => ask(KRATOS_LIST),
    },
    check(api, answer, index) {
      const list = api === "rest" ? answer : dataOf(answer).identities;
      const nodes = api === "product" ? list.edges.map(({ node }) => node) : list;
      expectIdentities(nodes, pageAt(identities, index), PAGE_KEYS);
    },
  };
}

export const identities = pageCase("identities", "identities(first: 100), large: 94 kB", LARGE);
export const smallIdentities = pageCase("small-identities", "identities(first: 100), small: 69 kB", SMALL);

/** Only kratos-graphql has typed traits. */
export const typedIdentities = {
  name: "typed-identities",
  title: "identities(first: 100), typed traits",
  requests: { product: () => askConnection(TYPED_CONNECTION, tokensOf(LARGE)) },
  check(_, answer, index) {
    const nodes = dataOf(answer).identities.edges.map(({ node: { personTraits, ...node } }) => ({ ...node, traits: personTraits }));
    expectIdentities(nodes, pageAt(LARGE, index), PAGE_KEYS);
  },
};

const BUYER_KEYS = ["id", "state", "traits"];
const BUYER_FIELDS = BUYER_KEYS.join(" ");
const ENTITIES = oneLine(`
  query Buyers($representations: [_Any!]!) {
    _entities(representations: $representations) { ... on Identity { ${BUYER_FIELDS} } }
  }
`);
const ORDERS = oneLine(`query Orders($buyerIds: [ID!]!) { orders(buyerIds: $buyerIds) { id buyer { ${BUYER_FIELDS} } } }`);
const BY_IDS = oneLine(`query Buyers($ids: [String!]!) { identities(ids: $ids) { ${BUYER_FIELDS} } }`);

/** The buyers of 40 pages of 100 orders. No identity is in two pages, and none of the pages is in Kratos' order. */
const ORDER_PAGES = Array.from({ length: LARGE.length / 100 }, (_, page) =>
  Array.from({ length: 100 }, (_, order) => LARGE[page + ((order * 37) % 100) * (LARGE.length / 100)]),
);
const idsByPage = ORDER_PAGES.map((buyers) => buyers.map(({ id }) => id));
const askEntities = () =>
  idsByPage.map((ids) => graphql(ENTITIES, { representations: ids.map((id) => ({ __typename: "Identity", id })) }));

export const orders = {
  name: "orders",
  title: "100 references, large",
  requests: {
    rest: () => idsByPage.map((ids) => get(`/identities?${ids.map((id) => `ids=${id}`).join("&")}`)),
    product: askEntities,
    apollo: () => idsByPage.map((buyerIds) => graphql(ORDERS, { buyerIds })),
    mesh: () => idsByPage.map((ids) => graphql(BY_IDS, { ids })),
    tailcall: askEntities,
  },
  check(api, answer, index) {
    const buyers = ORDER_PAGES[index];
    // The bare proxy and Mesh have no look-up by reference: they answer a list, in Kratos' order.
    if (api === "rest" || api === "mesh") {
      const inKratosOrder = [...buyers].sort((a, b) => (a.id < b.id ? -1 : 1));
      return expectIdentities(api === "rest" ? answer : dataOf(answer).identities, inKratosOrder, BUYER_KEYS);
    }
    const found = api === "apollo" ? dataOf(answer).orders.map(({ buyer }) => buyer) : dataOf(answer)._entities;
    expectIdentities(found, buyers, BUYER_KEYS);
  },
};

const WALK_PAGES = 500;
/** As many pages at either end of the walk as are compared, so that no two requests in flight are equal. */
const WALK_ENDS = 50;
const WALK_QUERY = oneLine(`
  query Page($after: String) {
    identities(first: 1, after: $after) { edges { node { id traits } } pageInfo { hasNextPage endCursor } }
  }
`);

/**
 * Walks through 500 pages of one identity each, as a client does.
 * @param ask sends a request to kratos-graphql and returns the JSON of the answer
 * @returns the requests for the first pages and for the last pages
 */
export async function walk(ask) {
  const requests = [];
  let after = null;
  for (let page = 0; page < WALK_PAGES; page += 1) {
    const request = graphql(WALK_QUERY, { after });
    const { edges, pageInfo } = dataOf(await ask(request)).identities;
    expectIdentities(edges.map(({ node }) => node), [LARGE[page]], ["id", "traits"]);
    requests.push(request);
    after = pageInfo.endCursor;
  }
  return { first: requests.slice(0, WALK_ENDS), last: requests.slice(-WALK_ENDS) };
}
