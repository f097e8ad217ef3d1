import { randomUUID } from "node:crypto";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createIdentities, deleteIdentities, UNKNOWN_ID } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { startGateway, startOrderSubgraph } from "../support/supergraph.js";
import { codeOf, createFacadeUnderTest, dataOf } from "../support/use-facade.js";

const BUYERS = "{ orders { edges { node { id buyer { id traits } } } pageInfo { hasNextPage } } }";

const { sdl } = buildFacadeSchema({ authDirectives: false });

/* client → gateway → proxy → facade → proxy → Kratos, and next to the facade an order service. */
const { kratos, toKratos, facade, toFacade, orders, gateway, cleanups } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startKratos());
  const toKratos = cleanups.use(await startRecordingProxy(kratos.adminUrl));
  const facade = cleanups.use(await createFacadeUnderTest({ adminUrl: toKratos.url, publicUrl: kratos.publicUrl }));
  const toFacade = cleanups.use(await startRecordingProxy(facade.url));
  const orders = cleanups.use(await startOrderSubgraph());
  const gateway = cleanups.use(await startGateway([{ name: "identities", sdl, url: `${toFacade.url}/graphql` }, orders]));
  return { kratos, toKratos, facade, toFacade, orders, gateway, cleanups };
}, 60_000);

const emails = Array.from({ length: 100 }, () => `${randomUUID()}@supergraph.example.com`);
let ids: string[];

beforeAll(async () => {
  ids = await createIdentities(kratos, "default", emails.map((email) => ({ email })));
  cleanups.defer(() => deleteIdentities(kratos, ids));
}, 60_000);

beforeEach(() => {
  orders.buyers = ids;
  toKratos.take();
  toFacade.take();
});

const buyers = async () => dataOf(await gateway.send(BUYERS))["orders"].edges.map(({ node }: { node: any }) => node.buyer);

it("resolves the buyers of 100 orders with one request to the subgraph, and one to Kratos if it supports ids=", async () => {
  const probe = await fetch(`${kratos.adminUrl}/identities?ids=${ids[0]}`);
  const batches = ((await probe.json()) as unknown[]).length === 1;
  expect(await buyers()).toEqual(ids.map((id, at) => ({ id, traits: { email: emails[at] } })));
  expect(toFacade.take()).toHaveLength(1);
  expect(toKratos.take()).toHaveLength(batches ? 1 : 100);
});

it("returns null for the buyer of one order if it is deleted, and the buyers of the others", async () => {
  orders.buyers = [ids[0]!, UNKNOWN_ID, "xyz", ids[1]!];
  expect((await buyers()).map((buyer: { id: string } | null) => buyer?.id ?? null)).toEqual([ids[0], null, null, ids[1]]);
});

it("resolves the buyers of a team that knows them by their external IDs with one request to the subgraph, or needs Kratos v25.4.0", async () => {
  const { features } = await facade.kratos.system.detectVersion();
  const others = await stopAfterTest(startOrderSubgraph("externalId"));
  const theirs = await stopAfterTest(startGateway([{ name: "identities", sdl, url: `${toFacade.url}/graphql` }, others]));
  const externalId = `crm/${randomUUID()}`;
  const email = `${randomUUID()}@supergraph.example.com`;
  const [id] = (await createIdentities(kratos, "default", [{ email }], features.externalId ? { external_id: externalId } : {})) as [string];
  ids.push(id);
  others.buyers = [externalId, null, "nobody", externalId];
  toFacade.take();
  const { data, errors = [] } = await theirs.send("{ orders { edges { node { buyer { id traits } } } } }");
  expect(toFacade.take()).toHaveLength(1);
  const buyer = features.externalId ? { id, traits: { email } } : null;
  expect(data!["orders"].edges.map(({ node }: { node: any }) => node.buyer)).toEqual([buyer, null, null, buyer]);
  // A buyer without an external ID is no error.
  expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(features.externalId ? [] : Array(3).fill("UNSUPPORTED_BY_KRATOS"));
});

it("passes the user errors of a mutation on, without a top-level error", async () => {
  const mutation = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id } userErrors { code message path } } }`;
  const send = async (traits: object) => dataOf(await gateway.send(mutation, { input: { schemaId: "default", traits } }))["createIdentity"];
  const invalid = { code: "INVALID", message: expect.stringMatching(/\w/), path: ["input", "traits", "email"] };
  expect(await send({ email: "ann" })).toEqual({ identity: null, userErrors: [invalid] });
  expect(await send({ email: emails[0] })).toEqual({ identity: null, userErrors: [expect.objectContaining({ code: "CONFLICT" })] });
});

it("passes an error on with its code and its message", async () => {
  const reply = await gateway.send("{ identities(first: 500) { edges { cursor } } version }");
  expect(codeOf(reply)).toBe("BAD_USER_INPUT");
  expect(reply.errors![0]!.message).toBe('"first" must be between 1 and 250; received 500.');
  expect(reply.data).toEqual({ identities: null, version: expect.stringMatching(/./) });
});

it("gets the caller's Authorization header if the gateway passes it on", async () => {
  await gateway.send(BUYERS, {}, { authorization: "Bearer abc" });
  expect(toFacade.take().map(({ headers }) => headers.authorization)).toEqual(["Bearer abc"]);
});
