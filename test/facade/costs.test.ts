import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createCompiledExecution } from "../../src/server/apollo/jit.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { dataOf, startFacade, useRecordedFacade } from "../support/use-facade.js";

/* Costs of a request that can be counted: requests to Kratos, and compilations. */

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

// From the third time on a query runs compiled, which must not change its requests.
it.each(CASES)("sends one request to Kratos for %s, each time", async (_, query, variables, expected) => {
  for (let time = 0; time < 5; time++) {
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

describe("compiled queries", () => {
  const { schema } = buildFacadeSchema();

  async function served() {
    const compiled = createCompiledExecution(schema, (errors) => errors.map((error) => error.toJSON()));
    const { ApolloServer } = await import("@apollo/server");
    const apollo = new ApolloServer<any>({ schema, plugins: [{ requestDidStart: async () => ({ responseForOperation: compiled.execute }) }], logger: pino({ level: "silent" }) });
    const { createContext } = await import("../../src/graphql/context.js");
    const client = new Kratos({ adminUrl: kratos.adminUrl, publicUrl: kratos.publicUrl, timeoutMs: 2_000 });
    const run = async (query: string, variables = {}) => {
      const { body } = await apollo.executeOperation({ query, variables }, { contextValue: createContext({ kratos: client }) });
      await new Promise((resolve) => setImmediate(resolve));
      return (body as any).singleResult;
    };
    return { compiled, run };
  }

  it("are compiled once, and only for documents that come again", async () => {
    const { compiled, run } = await served();
    await run("{ once: version }");
    expect(compiled.compilations()).toBe(0);
    for (let time = 0; time < 8; time++) {
      await run("query ($id: ID!) { identity(id: $id) { id } }", { id: ids[time] });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(compiled.compilations()).toBe(1);
  });

  it.each([
    ["a list", "{ identities(first: 3) { edges { cursor node { id traits state schema { id } verifiableAddresses { value verified } } } pageInfo { endCursor } } }", {}],
    ["a union and an interface", `{ loginFlow(id: "x") { __typename id ui { nodes { attributes { __typename ... on UiNodeInputAttributes { name } } } } } }`, {}],
    ["an error among neighbours", "query ($n: Int) { version identities(first: $n) { edges { cursor } } }", { n: 500 }],
    ["an invalid cursor", `{ a: identities(after: "x") { edges { cursor } } b: identities(first: 1) { pageInfo { hasPreviousPage } } }`, {}],
    ["an invalid variable", "query ($n: Int) { identities(first: $n) { edges { cursor } } }", { n: "many" }],
    ["a missing variable", "query ($id: ID!) { identity(id: $id) { id } }", {}],
    ["a directive", "query ($with: Boolean!) { version @include(if: $with) health { alive @skip(if: $with) ready } }", { with: true }],
    ["entities, one of them wrong", ENTITIES, { of: [{ __typename: "Identity", id: "x" }, { __typename: "Order", id: "1" }, { id: 1 }] }],
    ["introspection", "{ __schema { queryType { name } types { name kind } } __type(name: \"Identity\") { fields { name } } }", {}],
  ])("return the same response as graphql-js for %s, including errors and locations", async (_, query, variables) => {
    const { run } = await served();
    const first = JSON.stringify(await run(query, variables));
    for (let time = 0; time < 4; time++) {
      expect(JSON.stringify(await run(query, variables))).toBe(first);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
