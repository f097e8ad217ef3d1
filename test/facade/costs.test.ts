import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { postJson } from "../support/http.js";
import { createIdentities, readIdentity, unknownIds } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { dataOf, startFacade, useRecordedFacade } from "../support/use-facade.js";

/* Costs of a request that can be counted: requests to Kratos. */

const { kratos, adminProxy, facade } = useRecordedFacade(startFakeKratos);
let ids: string[];

beforeAll(async () => {
  const { identities } = dataOf(await facade.send("{ identities(first: 20) { edges { node { id } } } }"));
  ids = identities.edges.map(({ node }: { node: { id: string } }) => node.id);
});

const asked = async (query: string, variables: object = {}): Promise<string[]> => {
  adminProxy.take();
  dataOf(await facade.send(query, variables));
  return adminProxy.take().map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, "ID").replace(/(ids=ID&?)+/, "ids=…")}`);
};

const ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id traits } } }";
const references = () => ({ of: Array.from({ length: 100 }, (_, at) => ({ __typename: "Identity", id: ids[at % ids.length] })) });
const CASES: readonly [string, string, () => object, string[]][] = [
  ["one identity", "query ($id: ID!) { identity(id: $id) { id traits verifiableAddresses { value } } }", () => ({ id: ids[0] }), ["GET /admin/identities/ID"]],
  ["a page of 100", "{ identities(first: 100) { edges { cursor node { id traits } } pageInfo { hasNextPage } } }", () => ({}), ["GET /admin/identities?page_size=101"]],
  ["a page with credentials", "{ identities(first: 100) { edges { node { id ...C } } } } fragment C on Identity { c: credentials { type } }", () => ({}), ["GET /admin/identities?page_size=101&include_credential=password&include_credential=webauthn"]],
  ["one identity with its credentials", "query ($id: ID!) { identity(id: $id) { id credentials { type } } }", () => ({ id: ids[0] }), ["GET /admin/identities/ID?include_credential=password&include_credential=webauthn"]],
  ["100 references with credentials", ENTITIES.replace("traits", "credentials { type }"), references, ["GET /admin/identities?ids=…include_credential=password&include_credential=webauthn"]],
  ["100 references", ENTITIES, references, ["GET /admin/identities?ids=…"]],
  ["an identifier", '{ identityByIdentifier(identifier: "soren.agard@example.dk") { id traits schemaId } }', () => ({}), ["GET /admin/identities?credentials_identifier=soren.agard%40example.dk"]],
  ["an external ID", '{ identityByExternalId(externalId: "crm-1") { id traits } again: identityByExternalId(externalId: "crm-1") { id } }', () => ({}), ["GET /admin/identities/by/external/crm-1"]],
  ["a page by the start of an identifier", '{ identities(first: 9, filter: { identifierPrefix: "s" }) { edges { node { id } } } }', () => ({}), ["GET /admin/identities?page_size=10&preview_credentials_identifier_similar=s"]],
  ["a page by IDs", "query ($ids: [ID!]!) { identities(filter: { ids: $ids }) { edges { node { id } } } }", () => ({ ids }), ["GET /admin/identities?ids=…"]],
  [
    "ten aliased look-ups",
    `query (${aliases(10).map((n) => `$${n}: ID!`).join()}) { ${aliases(10).map((n) => `${n}: identity(id: $${n}) { id }`).join(" ")} }`,
    () => Object.fromEntries(aliases(10).map((name, at) => [name, ids[at]])),
    ["GET /admin/identities?ids=…"],
  ],
  [
    "a page of sessions with what they include of their identities",
    "{ sessions { edges { node { id devices { id } identity { id traits } } } } }",
    () => ({}),
    ["GET /admin/sessions?page_size=50&expand=devices&expand=identity"],
  ],
  ["a page of messages", "{ courierMessages { edges { node { id recipient } } } }", () => ({}), ["GET /admin/courier/messages?page_size=50"]],
];

function aliases(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `a${at}`);
}

// In the end the query runs compiled, which must not change its requests.
it.each(CASES)("sends one request to Kratos for %s, each time", async (_, query, variables, expected) => {
  for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
    expect(await asked(query, variables())).toEqual(expected);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

it("prices a reference by external ID and each 200 IDs of a filter like a request", async () => {
  const costOf = async (query: string, variables: object) =>
    (await postJson(facade.url, { query, variables }, { "x-graphql-cost": "1" })).body.extensions.cost.requested as number;
  const entities = (of: object[]) => costOf("query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }", { of: of.map((key) => ({ __typename: "Identity", ...key })) });
  const [one, two, three] = [await entities([{ id: ids[0] }]), await entities([{ id: ids[0] }, { externalId: "crm-1" }]), await entities([{ id: ids[0] }, { externalId: "crm-1" }, { externalId: "x" }])];
  expect([two - one, three - two]).toEqual([11, 11]);
  const byIds = (count: number) => costOf("query ($ids: [ID!]!) { identities(first: 1, filter: { ids: $ids }) { edges { cursor } } }", { ids: unknownIds(count) });
  expect([(await byIds(201)) - (await byIds(200)), (await byIds(500)) - (await byIds(400))]).toEqual([10, 10]);
});

it("requests no credentials that are not included", async () => {
  const page = "query ($with: Boolean!) { identities(first: 2) { edges { node { id credentials @include(if: $with) { type } } } } }";
  expect(await asked(page, { with: false })).toEqual(["GET /admin/identities?page_size=3"]);
  expect(await asked(page, { with: true })).toEqual(["GET /admin/identities?page_size=3&include_credential=password&include_credential=webauthn"]);
  const skipped = "{ identities(first: 2) { edges { node { id ... on Identity @skip(if: true) { credentials { type } } } } } }";
  expect(await asked(skipped)).toEqual(["GET /admin/identities?page_size=3"]);
});

it("sends one request to Kratos for all that sessions lack of their identities", async () => {
  const query = "{ sessions { edges { node { identity { id verifiableAddresses { value } } } } } }";
  expect(await asked(query)).toEqual(["GET /admin/sessions?page_size=50&expand=identity", "GET /admin/identities?ids=…"]);
});

it("sends one request to Kratos for the sessions of each identity, at most 16 at a time", async () => {
  let running = 0;
  let most = 0;
  const watched = await startFacade({ adminUrl: adminProxy.url });
  const kratos = watched.kratos.withInterceptor(() => {
    most = Math.max(most, ++running);
    return { onEnd: () => running-- };
  });
  const queries = Array.from({ length: 60 }, (_, at) => ({ identityId: ids[at % ids.length]!, first: 1 + at }));
  const found = await kratos.sessions.findByIdentity(queries);
  expect([...found.values()].every((page) => !(page instanceof Error))).toBe(true);
  expect(most).toBe(16);
  const reply = await asked("{ identities(first: 20) { edges { node { sessions(first: 1) { edges { node { id } } } } } } }");
  expect(reply.slice(1)).toEqual(ids.map(() => "GET /admin/identities/ID/sessions?per_page=2&page=1"));
});

it("sends one request to Kratos for an update, and two for a change of schema", async () => {
  const { createIdentity } = dataOf(
    await facade.send(`mutation { createIdentity(input: { schemaId: "default", traits: { email: "cost@example.com" } }) { identity { id } } }`),
  );
  const { id } = createIdentity.identity;
  const update = "mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { id } userErrors { message } } }";
  expect(await asked(update, { input: { id, traits: { email: "cost2@example.com" } } })).toEqual(["PATCH /admin/identities/ID"]);
  expect(await asked(update, { input: { id, schemaId: "device", traits: { serial: "COST-1" } } })).toEqual([
    "PATCH /admin/identities/ID",
    "GET /admin/identities/ID",
  ]);
});

it("reads an identity in a patch only to merge traits, or for ifUnmodifiedSince", async () => {
  const [id] = (await createIdentities(kratos, "default", [{ email: "cost-patch@example.com" }])) as [string];
  const { updated_at } = await readIdentity(kratos, id);
  const patch = (input: object) => asked("mutation ($input: PatchIdentityInput!) { patchIdentity(input: $input) { identity { id } userErrors { message } } }", { input: { id, ...input } });
  const [read, change] = ["GET /admin/identities/ID", "PATCH /admin/identities/ID"];
  expect(await patch({ ifUnmodifiedSince: updated_at, traits: { merge: { age: 1 } } })).toEqual([read, change]);
  expect(await patch({ traits: { merge: { age: 2 } } })).toEqual([read, change]);
  expect(await patch({ traits: { replace: { email: "cost-patch@example.com" } }, state: "INACTIVE", metadataPublic: null, metadataAdmin: {}, externalId: "1" })).toEqual([change]);
  expect(await patch({})).toEqual([read]);
});

describe("before v1.1, which has numbered pages", () => {
  it("requests each page once, and at most 12 identities for a page of 4", async () => {
    const old = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
    const proxy = await stopAfterTest(startRecordingProxy(old.adminUrl));
    const before = await startFacade({ adminUrl: proxy.url });
    dataOf(await before.send("{ identities(first: 1) { edges { cursor } } }"));
    let after: string | null = null;
    for (let page = 0; page < 6; page++) {
      proxy.take();
      const { identities }: any = dataOf(await before.send("query ($after: String) { identities(first: 4, after: $after) { pageInfo { endCursor } } }", { after }));
      const seen = proxy.take();
      expect(seen).toHaveLength(1);
      expect(Number(new URLSearchParams(seen[0]!.path.split("?")[1]).get("per_page"))).toBeLessThanOrEqual(12);
      after = identities.pageInfo.endCursor;
    }
  });
});
