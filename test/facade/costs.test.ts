import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { dataOf, startFacade, useRecordedFacade } from "../support/use-facade.js";

/* Costs of a request that can be counted: requests to Kratos. */

const { adminProxy, facade } = useRecordedFacade(startFakeKratos);
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
  ["100 references", ENTITIES, references, ["GET /admin/identities?ids=…"]],
  [
    "ten aliased look-ups",
    `query (${aliases(10).map((n) => `$${n}: ID!`).join()}) { ${aliases(10).map((n) => `${n}: identity(id: $${n}) { id }`).join(" ")} }`,
    () => Object.fromEntries(aliases(10).map((name, at) => [name, ids[at]])),
    ["GET /admin/identities?ids=…"],
  ],
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
