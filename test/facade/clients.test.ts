import { ApolloClient, gql, HttpLink, InMemoryCache } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { buildSchema, isObjectType } from "graphql";
import { GraphQLClient } from "graphql-request";
import { readFileSync } from "node:fs";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { SAMPLE_TRAITS, startFakeKratos } from "../fake-kratos/index.js";
import { startApiFlow } from "../support/kratos-api.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

const { facade: open, kratos } = useFacade(() => startScriptedKratos("v26.2.0"));
const { key, line } = createApiKey("shop", ["system:read", "identities:delete"]);
const authorization = `Bearer ${key}`;

const QUERY = "query Version { version }";
const MUTATION = 'mutation { deleteIdentity(input: { id: "x" }) { userErrors { code } } }';
const data = { version: "v26.2.0" };

/** The methods that `fetch` was called with. */
function recordMethods() {
  const methods: (string | undefined)[] = [];
  const fetchAndRecord: typeof fetch = (input, init) => {
    methods.push(init?.method);
    return fetch(input, init);
  };
  return { methods, fetchAndRecord };
}

/** Starts a server that requires a key. */
const startClosed = () => startFacade(kratos, { authentication: { apiKeys: parseApiKeys(line) }, introspection: false, explorers: false });

describe.each([
  ["without authentication", async () => ({ url: open.url, headers: undefined })],
  ["with a key", async () => ({ url: (await startClosed()).url, headers: { authorization } })],
])("on a server %s", (_, start) => {
  it.each([
    ["with its defaults, which is GET", undefined, "GET"],
    ["by POST", false, "POST"],
  ] as const)("urql sends a query %s", async (_, preferGetMethod, method) => {
    const { url, headers } = await start();
    const { methods, fetchAndRecord } = recordMethods();
    const client = new Client({ url: `${url}/graphql`, exchanges: [fetchExchange], fetch: fetchAndRecord, fetchOptions: { headers }, ...(preferGetMethod !== undefined && { preferGetMethod }) });
    expect(await client.query(QUERY, {}).toPromise()).toMatchObject({ data, error: undefined });
    expect((await client.mutation(MUTATION, {}).toPromise()).data).toEqual({ deleteIdentity: { userErrors: [{ code: "NOT_FOUND" }] } });
    expect(methods).toEqual([method, "POST"]);
  });

  it.each([
    ["with its defaults, which is POST", undefined, "POST"],
    ["by GET", "GET", "GET"],
  ] as const)("graphql-request sends a query %s", async (_, choice, method) => {
    const { url, headers } = await start();
    const { methods, fetchAndRecord } = recordMethods();
    const client = new GraphQLClient(`${url}/graphql`, { fetch: fetchAndRecord, ...(headers && { headers }), ...(choice && { method: choice }) });
    expect(await client.request(QUERY)).toEqual(data);
    expect(methods).toEqual([method]);
  });
});

const PAGE = readFileSync("docs/clients.md", "utf8");

describe("the list of types without a cache key in docs/clients.md", () => {
  const [, list = ""] = /const PARTS = (\[[^\]]+\])/.exec(PAGE)!;
  const parts = JSON.parse(list.replace(/,\n\]/, "]")) as string[];
  const { facade, kratos } = useFacade(startFakeKratos);

  it("has every type without a unique ID", () => {
    const types = Object.values(buildSchema(readFileSync("schema.api.graphql", "utf8")).getTypeMap()).filter(isObjectType);
    const expected = types.filter((type) => !/^(__.+|Query|Mutation|PageInfo|.+(Payload|Connection|Edge))$/.test(type.name) && String(type.getFields()["id"]?.type) !== "ID!");
    expect(parts).toEqual(expected.map(({ name }) => name).sort());
  });

  const IDENTITIES = `{ identities(first: 2) { edges { node { id verifiableAddresses { value } recoveryAddresses { value } schema { id } } } pageInfo { endCursor } } }`;
  const FLOW = "query ($id: ID!) { registrationFlow(id: $id) { id ui { action messages { text } nodes { meta { label { id text } } attributes { ... on UiNodeInputAttributes { name label { text } } } } } } }";
  const CREATE = 'mutation { createIdentity(input: { schemaId: "default", traits: { email: "x" } }) { identity { id } userErrors { code } } }';

  it.each([
    ["makes Graphcache complain about nothing", parts, []],
    ["is necessary: without it, Graphcache complains", [], [expect.stringContaining("Invalid key")]],
  ])("%s", async (_, types, complaints) => {
    const { id } = await startApiFlow(kratos, "registration");
    const heard: string[] = [];
    const cache = cacheExchange({ keys: Object.fromEntries(types.map((type) => [type, () => null])), logger: (severity, message) => void (severity !== "debug" && heard.push(message)) });
    const client = new Client({ url: `${facade.url}/graphql`, exchanges: [cache, fetchExchange] });
    for (const query of ["{ health { ready } }", IDENTITIES, FLOW]) expect((await client.query(query, { id }).toPromise()).error).toBeUndefined();
    expect((await client.mutation(CREATE, {}).toPromise()).error).toBeUndefined();
    expect(heard.slice(0, 1)).toEqual(complaints);
  });

  it("and a merged field keep what earlier queries have read of `health` in the cache of Apollo Client", async () => {
    const typePolicies = { ...Object.fromEntries(parts.map((type) => [type, { keyFields: false as const }])), Query: { fields: { health: { merge: true } } } };
    const client = new ApolloClient({ link: new HttpLink({ uri: `${facade.url}/graphql` }), cache: new InMemoryCache({ typePolicies }) });
    for (const query of ["{ health { alive } }", "{ health { ready } }"]) await client.query({ query: gql(query) });
    expect(client.readQuery({ query: gql("{ health { alive ready } }") })).toMatchObject({ health: { alive: true, ready: true } });
    client.stop();
  });

  it.each([
    ["keeps the texts of a form apart in the cache of Apollo Client", parts, true],
    ["is necessary: without it, Apollo Client takes texts with the same number for one", [], false],
  ])("%s", async (_, types, apart) => {
    const { id } = await startApiFlow(kratos, "registration");
    const typePolicies = Object.fromEntries(types.map((type) => [type, { keyFields: false as const }]));
    const client = new ApolloClient({ link: new HttpLink({ uri: `${facade.url}/graphql` }), cache: new InMemoryCache({ typePolicies }) });
    const texts = ({ registrationFlow: { ui } }: any) => ui.nodes.map(({ meta }: any) => meta.label?.text);
    const [sent, { data: cached }] = [await facade.send(FLOW, { id }), await client.query<any>({ query: gql(FLOW), variables: { id } })];
    client.stop();
    expect(texts(sent.data).length).toBeGreaterThan(2);
    expect(JSON.stringify(texts(cached)) === JSON.stringify(texts(sent.data))).toBe(apart);
  });
});

describe("the policies for typed traits in docs/clients.md", () => {
  const { facade } = useFacade(startFakeKratos, { traits: { schemas: SAMPLE_TRAITS, trustsSchema: false } });
  const [, list = ""] = /const TRAITS = (\[[^\]]+\])/.exec(PAGE)!;
  const types = (JSON.parse(list) as string[]).map((type) => type.replace("Customer", "Person"));
  const select = (fields: string) => `query ($id: ID!) { identity(id: $id) { id personTraits { ${fields} } } }`;
  const findId = async () => dataOf(await facade.send("{ identities(first: 1) { edges { node { id } } } }"))["identities"].edges[0].node.id as string;

  it.each([
    ["keep what earlier queries have read of the traits in the cache of Apollo Client", { keyFields: false as const, merge: true }, true],
    ["are necessary: without merge, the next query replaces it", { keyFields: false as const }, false],
  ])("%s", async (_, policy, kept) => {
    const warn = jest.spyOn(console, "warn").mockImplementation();
    const client = new ApolloClient({ link: new HttpLink({ uri: `${facade.url}/graphql` }), cache: new InMemoryCache({ typePolicies: Object.fromEntries(types.map((type) => [type, policy])) }) });
    const variables = { id: await findId() };
    for (const fields of ["email", "age name { first }", "name { last }"]) await client.query({ query: gql(select(fields)), variables });
    const read = client.readQuery<any>({ query: gql(select("email age name { first last }")), variables });
    client.stop();
    warn.mockRestore();
    expect(read?.identity.personTraits.email !== undefined).toBe(kept);
  });

  it.each([
    ["make Graphcache complain about nothing", types, []],
    ["are necessary: without them, Graphcache complains", [], [expect.stringContaining("Invalid key")]],
  ])("%s", async (_, known, complaints) => {
    const heard: string[] = [];
    const cache = cacheExchange({ keys: Object.fromEntries(known.map((type) => [type, () => null])), logger: (severity, message) => void (severity !== "debug" && heard.push(message)) });
    const client = new Client({ url: `${facade.url}/graphql`, exchanges: [cache, fetchExchange] });
    expect((await client.query(select("email name { first }"), { id: await findId() }).toPromise()).error).toBeUndefined();
    expect(heard.slice(0, 1)).toEqual(complaints);
  });
});
