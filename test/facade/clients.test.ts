import { Client, fetchExchange } from "@urql/core";
import { GraphQLClient } from "graphql-request";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, useFacade } from "../support/use-facade.js";

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
