import { randomUUID } from "node:crypto";
import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeServices as composeWithTheGuild } from "@theguild/federation-composition";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { SAMPLE_TRAITS } from "../fake-kratos/index.js";
import { postJson } from "../support/http.js";
import { createIdentities, deleteIdentities, logInBrowser, readIdentity, signUp, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, featuresOf, startKratos } from "../support/kratos-under-test.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { type Composer, ORDERS_BY_EXTERNAL_ID, ORDERS_OF_IDENTITIES, startGateway, startOrderSubgraph } from "../support/supergraph.js";
import { codeOf, createFacadeUnderTest, dataOf } from "../support/use-facade.js";

const BUYERS = "{ orders { edges { node { id buyer { id traits } } } pageInfo { hasNextPage } } }";

const { sdl } = buildFacadeSchema({ authDirectives: false });

const COOKIE = "ory_kratos_session";
const ORIGIN = "https://app.example.com";
const options = { authentication: { apiKeys: [], sessions: { cookie: COOKIE, optional: true } }, corsOrigins: [ORIGIN] } as const;

/* client → gateway → proxy → facade → proxy → Kratos, and next to the facade an order service. */
const { kratos, toKratos, facade, toFacade, orders, gateway, cleanups } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startKratos());
  const toKratos = cleanups.use(await startRecordingProxy(kratos.adminUrl));
  const facade = cleanups.use(await createFacadeUnderTest({ adminUrl: toKratos.url, publicUrl: kratos.publicUrl }, options));
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
  const others = await stopAfterTest(startOrderSubgraph(ORDERS_BY_EXTERNAL_ID));
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

describe("with the session of a user, which the gateway passes on", () => {
  const { gateway, orders, cleanups } = useServers(async (cleanups) => {
    const orders = cleanups.use(await startOrderSubgraph(ORDERS_OF_IDENTITIES));
    const gateway = cleanups.use(await startGateway([{ name: "identities", sdl, url: `${toFacade.url}/graphql` }, orders]));
    return { gateway, orders, cleanups };
  }, 60_000);

  const email = `${randomUUID()}@supergraph.example.com`;
  let id: string;
  let clients: readonly Record<string, string>[];

  beforeAll(async () => {
    const { identityId, sessionToken } = await signUp(kratos, { email });
    id = identityId;
    cleanups.defer(() => deleteIdentities(kratos, [id]));
    clients = [{ "x-session-token": sessionToken }, { cookie: `other=1; ${await logInBrowser(kratos, email)}`, origin: ORIGIN }];
  });

  it("shows users themselves with a field of another subgraph, and follows a reference from there to the user", async () => {
    orders.buyers = [id, ids[0]!];
    for (const headers of clients) {
      expect(dataOf(await gateway.send("{ viewer { identity { id } } }", {}, headers))).toEqual({ viewer: { identity: { id } } });
      toFacade.take();
      const { viewer } = dataOf(await gateway.send("{ viewer { identity { traits orders { id buyer { traits } } } } }", {}, headers));
      expect(viewer.identity).toMatchObject({ traits: { email }, orders: [{ id: "order-0", buyer: { traits: { email } } }] });
      // The second one asks for `_entities`.
      expect(toFacade.take()).toHaveLength(2);
    }
  });

  it("shows nobody else, also by a reference", async () => {
    orders.buyers = [id, ids[0]!, UNKNOWN_ID];
    for (const headers of clients) {
      const { data, errors } = await gateway.send("{ orders { edges { node { id buyer { id traits } } } } }", {}, headers);
      expect(data!["orders"].edges.map(({ node }: any) => node.buyer?.id ?? null)).toEqual([id, null, null]);
      const message = 'This field requires the scope "identities:read", which the session of a user does not have.';
      expect(errors).toEqual(Array(2).fill(expect.objectContaining({ message, extensions: expect.objectContaining({ code: "FORBIDDEN", requiredScope: "identities:read" }) })));
      const { data: direct } = await gateway.send(`{ identity(id: "${ids[0]}") { traits } }`, {}, headers);
      expect(direct).toEqual({ identity: null });
    }
  });

  const change = (age: number, headers: Record<string, string>) =>
    postJson(new URL(gateway.url).origin, { query: `mutation { updateViewerTraits(input: { traits: { age: ${age} } }) { viewer { identity { id orders { id } } } userErrors { message } } }` }, headers);

  it("changes what is the user's own, and relays the session cookie that Kratos reissues", async () => {
    const { ownSessions } = await featuresOf(kratos);
    orders.buyers = [id];
    for (const [index, headers] of clients.entries()) {
      const { body, headers: received } = await change(30 + index, headers);
      expect(body).toEqual({ data: { updateViewerTraits: { viewer: { identity: { id, orders: [{ id: "order-0" }] } }, userErrors: [] } } });
      expect((await readIdentity(kratos, id)).traits.age).toBe(30 + index);
      const cookies = ([received["set-cookie"] ?? []].flat() as string[]).map((cookie) => cookie.split("=")[0]);
      expect(cookies).toEqual("cookie" in headers && ownSessions ? [COOKIE] : []);
    }
  });

  it("changes nothing by cookie without an allowed Origin, which the gateway passes on as well", async () => {
    const { cookie } = clients[1] as { cookie: string };
    for (const from of [{}, { origin: "https://evil.example.com" }] as Record<string, string>[]) {
      const { body } = await change(99, { cookie, ...from });
      expect(body.data).toEqual({ updateViewerTraits: null });
      expect(body.errors[0].extensions.code).toBe("FORBIDDEN");
    }
    expect((await readIdentity(kratos, id)).traits.age).not.toBe(99);
  });

  it("is told that the session is not valid, in the errors of the fields that need it", async () => {
    orders.buyers = [id];
    const reply = await gateway.send("{ viewer { identity { id } } orders { edges { node { id } } } }", {}, { "x-session-token": "unknown" });
    expect(codeOf(reply)).toBe("UNAUTHENTICATED");
    expect(reply.data).toEqual({ viewer: null, orders: { edges: [{ node: { id: "order-0" } }] } });
  });
});

/** The sample schemas under the names of a shop, and later ones: a customer must have an age, too. */
const [{ schema: person, ...customer }, device] = SAMPLE_TRAITS;
const personTraits = person.properties.traits;
const later = { properties: { traits: { ...personTraits, required: [...personTraits.required, "age"] } } };
const SCHEMAS = [{ ...customer, name: "Customer", schema: later }, device];
const TRUSTED = "required traits that are trusted";

describeSampleSchemas("with typed traits", () => {
  describe.each<[string, string, Composer]>([
    ["nullable traits", "The Guild", composeWithTheGuild],
    [TRUSTED, "Apollo", composeWithApollo],
  ])("and %s, composed by %s", (nullability, _, compose) => {
    const traits = { schemas: SCHEMAS, trustsSchema: nullability === TRUSTED };
    const { toFacade, orders, gateway, cleanups } = useServers(async (cleanups) => {
      const facade = cleanups.use(await createFacadeUnderTest(kratos, { traits }));
      const toFacade = cleanups.use(await startRecordingProxy(facade.url));
      const orders = cleanups.use(await startOrderSubgraph());
      const { sdl } = buildFacadeSchema({ authDirectives: false, traits });
      const gateway = cleanups.use(await startGateway([{ name: "identities", sdl, url: `${toFacade.url}/graphql` }, orders], compose));
      return { toFacade, orders, gateway, cleanups };
    }, 60_000);

    const newEmail = () => `${randomUUID()}@supergraph.example.com`;
    const create = async (schemaId: string, created: object) => {
      const [id] = (await createIdentities(kratos, schemaId, [created])) as [string];
      cleanups.defer(() => deleteIdentities(kratos, [id]));
      return id;
    };

    const select = async (fields: string) => {
      const { data, errors = [] } = await gateway.send(`{ orders { edges { node { buyer { ${fields} } } } } }`);
      return { buyers: data!["orders"].edges.map(({ node }: any) => node.buyer), errors };
    };

    it("selects the traits of buyers with one request to the subgraph, null for those with another identity schema", async () => {
      const [email, earlier, serial] = [newEmail(), newEmail(), randomUUID().toUpperCase()];
      orders.buyers = [await create("default", { email, age: 30 }), await create("device", { serial }), await create("default", { email: earlier })];
      toFacade.take();
      const { buyers, errors } = await select("customerTraits { email age name { first } } deviceTraits { serial }");
      expect(toFacade.take()).toHaveLength(1);
      expect(buyers).toEqual([
        { customerTraits: { email, age: 30, name: null }, deviceTraits: null },
        { customerTraits: null, deviceTraits: { serial } },
        { customerTraits: traits.trustsSchema ? null : { email: earlier, age: null, name: null }, deviceTraits: null },
      ]);
      expect(errors.map(({ extensions }) => extensions?.["code"])).toEqual(traits.trustsSchema ? ["TRAIT_MISMATCH"] : []);
    });

    it("tells a deleted buyer from one with another identity schema by a field that is non-null", async () => {
      orders.buyers = [UNKNOWN_ID];
      expect(await select("customerTraits { email }")).toEqual({ buyers: [{ customerTraits: null }], errors: [] });
      expect(await select("schemaId customerTraits { email }")).toEqual({ buyers: [null], errors: [] });
    });

    const send = (typedTraits: object) =>
      gateway.send("mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id customerTraits { email } } userErrors { code path } } }", { input: { typedTraits } });

    it("creates an identity from typed traits, and passes the paths of user errors on", async () => {
      const email = newEmail();
      const { createIdentity } = dataOf(await send({ customerTraits: { email, age: 30 } }));
      cleanups.defer(() => deleteIdentities(kratos, [createIdentity.identity.id]));
      expect(createIdentity).toEqual({ identity: { id: expect.any(String), customerTraits: { email } }, userErrors: [] });
      const path = ["input", "typedTraits", "customerTraits", "name", "first"];
      expect(dataOf(await send({ customerTraits: { email, age: 30, name: { first: "" } } }))).toEqual({ createIdentity: { identity: null, userErrors: [{ code: "INVALID", path }] } });
    });

    it("refuses the traits of two identity schemas, whether or not the supergraph knows @oneOf", async () => {
      const { data, errors } = await send({ customerTraits: { email: newEmail(), age: 30 }, deviceTraits: { serial: "S-1234" } });
      expect(data?.["createIdentity"] ?? null).toBeNull();
      expect(JSON.stringify(errors)).toMatch(/exactly one/i);
    });
  });
});
