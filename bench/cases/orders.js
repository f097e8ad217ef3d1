import { dataOf, expectIdentities } from "./expect.js";
import { get, graphql, text } from "./request.js";
import { SUBJECTS } from "./subjects.js";

const COUNT = 100;
/** Has no divisor in common with the number of subjects, so that no page has a buyer twice. */
const STEP = 37;
const KEYS = ["id", "state", "traits"];
const FIELDS = KEYS.join(" ");

const ENTITIES = text(`
  query Buyers($representations: [_Any!]!) { _entities(representations: $representations) { ... on Identity { ${FIELDS} } } }
`);
const ORDERS = text(`query Orders($buyerIds: [ID!]!) { orders(buyerIds: $buyerIds) { id buyer { ${FIELDS} } } }`);
const LISTED = text(`query Buyers($ids: [String!]!) { identities(ids: $ids) { ${FIELDS} } }`);

/** The buyers of one page of orders after the other. */
const PAGES = Array.from({ length: 50 }, (_, page) =>
  Array.from({ length: COUNT }, (_, order) => SUBJECTS[(page * 10 + order * STEP) % SUBJECTS.length]),
);
const pagesOfIds = PAGES.map((buyers) => buyers.map(({ id }) => id));
const referenced = () =>
  pagesOfIds.map((ids) => graphql(ENTITIES, { representations: ids.map((id) => ({ __typename: "Identity", id })) }));

/** Servers that can but list have Kratos' order. */
const LISTS = {
  bare: (answer) => answer,
  mesh: (answer) => dataOf(answer).identities,
};
const BUYERS = {
  "kratos-graphql": (answer) => dataOf(answer)._entities,
  apollo: (answer) => dataOf(answer).orders.map(({ buyer }) => buyer),
  tailcall: (answer) => dataOf(answer)._entities,
};

export const orders = {
  name: "orders",
  title: "100 orders, each with its buyer",
  requests: {
    bare: () => pagesOfIds.map((ids) => get(`/identities?${ids.map((id) => `ids=${id}`).join("&")}`)),
    "kratos-graphql": referenced,
    apollo: () => pagesOfIds.map((buyerIds) => graphql(ORDERS, { buyerIds })),
    mesh: () => pagesOfIds.map((ids) => graphql(LISTED, { ids })),
    tailcall: referenced,
  },
  check(server, answer, index) {
    const buyers = PAGES[index % PAGES.length];
    if (BUYERS[server]) return expectIdentities(BUYERS[server](answer), buyers, KEYS);
    const ascending = [...buyers].sort((a, b) => (a.id < b.id ? -1 : 1));
    expectIdentities(LISTS[server](answer), ascending, KEYS);
  },
};
