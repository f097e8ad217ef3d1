import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { startFakeKratos } from "../fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startProgram } from "../support/child-process.js";
import { useServers } from "../support/lifecycle.js";
import { startGateway } from "../support/supergraph.js";
import { codeOf, createFacadeUnderTest, dataOf } from "../support/use-facade.js";

/* The profile `gateway` of docker-compose.yml with API keys, and with another gateway product. */
const { key, line } = createApiKey("shop", ["identities:read", "identities:write"]);

const { gateway } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFakeKratos());
  const facade = cleanups.use(await createFacadeUnderTest(kratos, { authentication: { apiKeys: parseApiKeys(line) } }));
  const orders = cleanups.use(startProgram(process.execPath, ["deploy/gateway/orders.js"], { env: { PORT: "0" } }));
  const [url] = await orders.waitFor(/http:\S+/);
  const gateway = cleanups.use(
    await startGateway([
      { name: "identities", sdl: buildFacadeSchema({ authDirectives: false }).sdl, url: `${facade.url}/graphql` },
      { name: "orders", sdl: readFileSync("deploy/gateway/orders.graphql", "utf8"), url },
    ]),
  );
  return { gateway };
}, 30_000);

it("uses a supergraph composed of the current subgraphs", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/compose-supergraph.ts"]);
  expect(readFileSync("deploy/gateway/supergraph.graphql", "utf8")).toBe(stdout);
}, 30_000);

it("needs a schema without the directives for authorization if the gateway is Apollo Gateway", async () => {
  const start = startGateway([{ name: "identities", sdl: readFileSync("schema.graphql", "utf8"), url: "http://127.0.0.1:1/" }]);
  await expect(start).rejects.toThrow("requiresScopes/v0.1 is for: SECURITY but is unsupported");
});

it("shows the buyer of an order to callers with a key, and fails only the buyer for others", async () => {
  const authorization = `Bearer ${key}`;
  const create = `mutation { createIdentity(input: { schemaId: "default", traits: { email: "ann@gateway.example.com" } }) { identity { id } } }`;
  const { id } = dataOf(await gateway.send(create, {}, { authorization }))["createIdentity"].identity;
  dataOf(await gateway.send(`mutation { placeOrder(item: "book", buyerId: "${id}") { id } }`));
  const query = "{ orders { item buyer { traits } } }";
  expect(dataOf(await gateway.send(query, {}, { authorization }))).toEqual({
    orders: [{ item: "book", buyer: { traits: { email: "ann@gateway.example.com" } } }],
  });
  const reply = await gateway.send(query);
  expect(codeOf(reply)).toBe("UNAUTHENTICATED");
  expect(reply.data).toEqual({ orders: [{ item: "book", buyer: null }] });
});
