import { randomUUID } from "node:crypto";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { startGateway, type Gateway } from "../support/gateway.js";
import { createIdentities, deleteIdentities } from "../support/kratos-api.js";
import { startKratos, type KratosUnderTest } from "../support/kratos-under-test.js";
import { startOrderSubgraph, type OrderSubgraph } from "../support/order-subgraph.js";
import { startRecordingProxy, type RecordingProxy } from "../support/recording-proxy.js";

const UNKNOWN = "00000000-0000-4000-8000-000000000000";
const BUYERS = "{ orders { edges { node { id buyer { id traits } } } pageInfo { hasNextPage } } }";

/* client → gateway → proxy → facade → proxy → Kratos, and beside the facade an order service. */
let kratos: KratosUnderTest;
let toKratos: RecordingProxy;
let facade: FacadeUnderTest;
let toFacade: RecordingProxy;
let orders: OrderSubgraph;
let gateway: Gateway;

const emails = Array.from({ length: 100 }, () => `${randomUUID()}@supergraph.example.com`);
let ids: string[];

beforeAll(async () => {
  kratos = await startKratos();
  toKratos = await startRecordingProxy(kratos.adminUrl);
  facade = await startFacade({ adminUrl: toKratos.url, publicUrl: kratos.publicUrl });
  toFacade = await startRecordingProxy(facade.url);
  orders = await startOrderSubgraph();
  const { sdl } = dataOf(await facade.send("{ _service { sdl } }"))["_service"];
  gateway = await startGateway([{ name: "identities", sdl, url: `${toFacade.url}/graphql` }, orders]);
  ids = await createIdentities(kratos, "default", emails.map((email) => ({ email })));
}, 60_000);

afterAll(async () => {
  await deleteIdentities(kratos, ids);
  await gateway.stop();
  await orders.stop();
  await toFacade.stop();
  await facade.stop();
  await toKratos.stop();
  await kratos.stop();
}, 60_000);

beforeEach(() => {
  orders.buyers = ids;
  toKratos.take();
  toFacade.take();
});

const buyers = async () => dataOf(await gateway.send(BUYERS))["orders"].edges.map(({ node }: { node: any }) => node.buyer);

it("100 orders come with their buyers' traits by one request to the subgraph, and one to Kratos where it has ids=", async () => {
  const probe = await fetch(`${kratos.adminUrl}/identities?ids=${ids[0]}`);
  const batches = ((await probe.json()) as unknown[]).length === 1;
  expect(await buyers()).toEqual(ids.map((id, at) => ({ id, traits: { email: emails[at] } })));
  expect(toFacade.take()).toHaveLength(1);
  expect(toKratos.take()).toHaveLength(batches ? 1 : 100);
});

it("an order whose buyer is gone has none, and the others have theirs", async () => {
  orders.buyers = [ids[0]!, UNKNOWN, "xyz", ids[1]!];
  expect((await buyers()).map((buyer: { id: string } | null) => buyer?.id ?? null)).toEqual([ids[0], null, null, ids[1]]);
});

it("what is wrong with a mutation's input arrives as user errors, and nothing as an error", async () => {
  const mutation = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id } userErrors { code message path } } }`;
  const send = async (traits: object) => dataOf(await gateway.send(mutation, { input: { schemaId: "default", traits } }))["createIdentity"];
  const invalid = { code: "INVALID", message: expect.stringMatching(/\w/), path: ["input", "traits", "email"] };
  expect(await send({ email: "ann" })).toEqual({ identity: null, userErrors: [invalid] });
  expect(await send({ email: emails[0] })).toEqual({ identity: null, userErrors: [expect.objectContaining({ code: "CONFLICT" })] });
});

it("an error arrives with its code, and with what it says", async () => {
  const reply = await gateway.send("{ identities(first: 500) { edges { cursor } } version }");
  expect(codeOf(reply)).toBe("BAD_USER_INPUT");
  expect(reply.errors![0]!.message).toBe('"first" must be between 1 and 250; received 500.');
  expect(reply.data).toEqual({ identities: null, version: expect.stringMatching(/./) });
});

it("the caller's Authorization reaches the subgraph where the gateway passes it on", async () => {
  await gateway.send(BUYERS, {}, { authorization: "Bearer abc" });
  expect(toFacade.take().map(({ headers }) => headers.authorization)).toEqual(["Bearer abc"]);
});
