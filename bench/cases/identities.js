import { dataOf, expectIdentities } from "./expect.js";
import { snakeCase } from "./names.js";
import { get, graphql, text } from "./request.js";
import { SUBJECTS } from "./subjects.js";

const COUNT = 100;
const KEYS = ["id", "schemaId", "schemaUrl", "state", "traits", "createdAt", "updatedAt", "stateChangedAt"];
const FIELDS = KEYS.join(" ");

const CONNECTION = text(`
  query Identities($first: Int!, $after: String) {
    identities(first: $first, after: $after) { edges { node { ${FIELDS} } } pageInfo { hasNextPage endCursor } }
  }
`);
const LIST = text(`
  query Identities($first: Int!, $after: ID) { identities(first: $first, after: $after) { ${FIELDS} } }
`);
const SNAKE_LIST = snakeCase(
  text(`query Identities($first: Int!, $after: String) { identities(page_size: $first, page_token: $after) { ${FIELDS} } }`),
);

/** Each page starts elsewhere, so that no server can answer several requests at a time with one. */
const STARTS = SUBJECTS.slice(0, -COUNT).map(({ id }) => id);
const asked = (query, cursorOf = (id) => id) => STARTS.map((id) => graphql(query, { first: COUNT, after: cursorOf(id) }));

function listOf(server, answer) {
  if (server === "bare") return answer;
  const { identities } = dataOf(answer);
  return server === "kratos-graphql" ? identities.edges.map(({ node }) => node) : identities;
}

export const identities = {
  name: "identities",
  title: "identities(first: 100), 8 fields each",
  requests: {
    bare: () => STARTS.map((id) => get(`/identities?page_size=${COUNT}&page_token=${id}`)),
    "kratos-graphql": () => asked(CONNECTION, (id) => Buffer.from(id).toString("base64url")),
    apollo: () => asked(LIST),
    mesh: () => asked(SNAKE_LIST),
    tailcall: () => asked(SNAKE_LIST),
  },
  check(server, answer, index) {
    const start = (index % STARTS.length) + 1;
    expectIdentities(listOf(server, answer), SUBJECTS.slice(start, start + COUNT), KEYS);
  },
};
