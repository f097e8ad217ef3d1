import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos, type FakeKratos } from "../../src/fake-kratos/index.js";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { startGateway, type Gateway } from "../support/gateway.js";

/* What docker-compose.yml's profile `gateway` puts together, with callers' keys; the gateway is another product's there. */
let kratos: FakeKratos;
let facade: FacadeUnderTest;
let orders: ChildProcess;
let gateway: Gateway;
const { key, line } = createApiKey("shop", ["identities:read", "identities:write"]);

beforeAll(async () => {
  kratos = await startFakeKratos();
  facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(line) } });
  orders = spawn(process.execPath, ["deploy/gateway/orders.js"], { env: { PATH: process.env["PATH"], PORT: "0" } });
  const url = await new Promise<string>((done, fail) => {
    orders.stdout!.on("data", (chunk: Buffer) => done(chunk.toString().trim().split(" ").pop()!));
    orders.once("exit", () => fail(new Error("the order service ended")));
  });
  gateway = await startGateway([
    { name: "identities", sdl: readFileSync("schema.graphql", "utf8"), url: `${facade.url}/graphql` },
    { name: "orders", sdl: readFileSync("deploy/gateway/orders.graphql", "utf8"), url },
  ]);
}, 30_000);

afterAll(async () => {
  await gateway.stop();
  orders.kill();
  await facade.stop();
  await kratos.stop();
});

it("the supergraph that the gateway is given is composed of the two subgraphs as they are", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "scripts/compose-supergraph.ts"]);
  expect(readFileSync("deploy/gateway/supergraph.graphql", "utf8")).toBe(stdout);
}, 30_000);

it("an order shows its buyer to callers with a key, and to others that one is needed", async () => {
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
