/** The cases that ask for single identities, or change one. */
import { LARGE, SMALL } from "../identities.js";
import { dataOf, expectIdentities, expectIdentity, get, graphql, oneLine, send, snakeCase } from "./requests.js";

const SUBJECTS = LARGE.slice(0, 500);

const ALL_FIELDS = `
  id schemaId schemaUrl state stateChangedAt traits metadataPublic metadataAdmin createdAt updatedAt
  verifiableAddresses { id value verified via status verifiedAt createdAt updatedAt }
  recoveryAddresses { id value via createdAt updatedAt }
`;
const ALL_KEYS = ALL_FIELDS.replace(/\{.*?\}/g, "").match(/\w+/g);

function identityCase(name, title, identities) {
  const query = oneLine(`query Identity($id: ID!) { identity(id: $id) { ${ALL_FIELDS} } }`);
  const ask = (text) => identities.map(({ id }) => graphql(text, { id }));
  return {
    name,
    title,
    requests: {
      rest: () => identities.map(({ id }) => get(`/identities/${id}`)),
      product: () => ask(query),
      apollo: () => ask(query),
      mesh: () => ask(withStringIds(snakeCase(query))),
      tailcall: () => ask(snakeCase(query)),
    },
    check: (api, answer, index) =>
      expectIdentity(api === "rest" ? answer : dataOf(answer).identity, identities[index], ALL_KEYS),
  };
}

export const identity = identityCase("identity", "identity(id), large: 1.1 kB", SUBJECTS);
export const smallIdentity = identityCase("small-identity", "identity(id), small: 0.7 kB", SMALL);

const UNKNOWN_IDS = Array.from({ length: 500 }, (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`);
const UNKNOWN_QUERY = oneLine("query Unknown($id: ID!) { identity(id: $id) { id state traits } }");
const askUnknown = (query) => UNKNOWN_IDS.map((id) => graphql(query, { id }));

/** Null is the best answer. Generated graphs add an error, which is accepted too. */
export const unknownIdentity = {
  name: "unknown-identity",
  title: "identity(id), unknown",
  requests: {
    rest: () => UNKNOWN_IDS.map((id) => get(`/identities/${id}`)),
    product: () => askUnknown(UNKNOWN_QUERY),
    apollo: () => askUnknown(UNKNOWN_QUERY),
    mesh: () => askUnknown(withStringIds(UNKNOWN_QUERY)),
    tailcall: () => askUnknown(UNKNOWN_QUERY),
  },
  check(api, answer) {
    const isMissing = api === "rest" ? answer.error?.code === 404 : answer.data === null || answer.data?.identity === null;
    if (!isMissing) throw new Error(`Expected no identity, received ${JSON.stringify(answer).slice(0, 300)}.`);
  },
};

const TEN = [...Array(10).keys()];
const TENS = Array.from({ length: SUBJECTS.length / 10 }, (_, ten) => SUBJECTS.slice(ten * 10, (ten + 1) * 10));
const TEN_KEYS = ["id", "schemaId", "state", "traits", "createdAt", "updatedAt"];
const TEN_QUERY = oneLine(`
  query Ten(${TEN.map((n) => `$id${n}: ID!`).join(", ")}) {
    ${TEN.map((n) => `i${n}: identity(id: $id${n}) { ${TEN_KEYS.join(" ")} }`).join(" ")}
  }
`);
const askTens = (query) => TENS.map((ten) => graphql(query, Object.fromEntries(ten.map(({ id }, n) => [`id${n}`, id]))));

export const tenIdentities = {
  name: "ten-identities",
  title: "ten aliased look-ups, large",
  requests: {
    rest: () => TENS.map((ten) => get(`/identities?${ten.map(({ id }) => `ids=${id}`).join("&")}`)),
    product: () => askTens(TEN_QUERY),
    apollo: () => askTens(TEN_QUERY),
    mesh: () => askTens(withStringIds(snakeCase(TEN_QUERY))),
    tailcall: () => askTens(snakeCase(TEN_QUERY)),
  },
  check: (api, answer, index) =>
    expectIdentities(api === "rest" ? answer : TEN.map((n) => dataOf(answer)[`i${n}`]), TENS[index], TEN_KEYS),
};

const UPDATES = {
  product: oneLine(`
    mutation Update($input: UpdateIdentityInput!) {
      updateIdentity(input: $input) { identity { id traits updatedAt } userErrors { code message path } }
    }
  `),
  apollo: oneLine(`
    mutation Update($id: ID!, $traits: JSONObject!) { updateIdentity(id: $id, traits: $traits) { id traits updatedAt } }
  `),
  mesh: oneLine(`
    mutation Update($id: String!, $input: [JsonPatch_Input]!) { updateIdentity(id: $id, input: $input) { id traits updated_at } }
  `),
  tailcall: oneLine(`
    mutation Update($id: ID!, $patch: [JsonPatch!]!) { updateIdentity(id: $id, patch: $patch) { id traits updated_at } }
  `),
};
const patchOf = (traits) => [{ op: "replace", path: "/traits", value: traits }];

export const updateIdentity = {
  name: "update-identity",
  title: "updateIdentity, large",
  requests: {
    rest: () => SUBJECTS.map(({ id, traits }) => send("PATCH", `/identities/${id}`, patchOf(traits))),
    product: () => SUBJECTS.map(({ id, traits }) => graphql(UPDATES.product, { input: { id, traits } })),
    apollo: () => SUBJECTS.map(({ id, traits }) => graphql(UPDATES.apollo, { id, traits })),
    mesh: () => SUBJECTS.map(({ id, traits }) => graphql(UPDATES.mesh, { id, input: patchOf(traits) })),
    tailcall: () => SUBJECTS.map(({ id, traits }) => graphql(UPDATES.tailcall, { id, patch: patchOf(traits) })),
  },
  check(api, answer, index) {
    const updated = api === "rest" ? answer : dataOf(answer).updateIdentity;
    expectIdentity(api === "product" ? updated.identity : updated, SUBJECTS[index], ["id", "traits", "updatedAt"]);
  },
};

/** Mesh takes the type of an ID from the OpenAPI document, where it is a string. */
function withStringIds(query) {
  return query.replaceAll(": ID!", ": String!");
}
