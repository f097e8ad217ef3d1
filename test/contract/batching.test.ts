import { randomUUID } from "node:crypto";
import { createIdentities, deleteIdentities, UNKNOWN_ID } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { dataOf, useRecordedFacade } from "../support/use-facade.js";

const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Identity { id traits schema { id } } } }`;

const { kratos, adminProxy, publicProxy, facade, cleanups } = useRecordedFacade(startKratos);
let ids: string[];
/** Whether this Kratos supports `ids=`. */
let batches: boolean;

beforeAll(async () => {
  ids = await createIdentities(kratos, "default", Array.from({ length: 450 }, () => ({ email: `${randomUUID()}@batch.example.com` })));
  cleanups.defer(() => deleteIdentities(kratos, ids));
  const probe = await fetch(`${kratos.adminUrl}/identities?ids=${ids[0]}`);
  batches = ((await probe.json()) as unknown[]).length === 1;
}, 60_000);

beforeEach(() => {
  adminProxy.take();
  publicProxy.take();
});

const entities = async (wanted: readonly unknown[]) =>
  dataOf(await facade.send(ENTITIES, { representations: wanted.map((id) => ({ __typename: "Identity", id })) }))["_entities"] as any[];

it("returns 450 entities in the order requested, with at most three requests if Kratos supports ids=", async () => {
  const found = await entities(ids);
  expect(found.map((identity) => identity?.id)).toEqual(ids);
  const asked = adminProxy.take().filter(({ path }) => path.includes("/identities"));
  expect(asked).toHaveLength(batches ? 3 : 450);
  for (const { path } of asked) expect((path.match(/ids=/g) ?? []).length).toBeLessThanOrEqual(200);
}, 30_000);

it("matches identities by ID, even if some IDs are unknown, malformed or repeated", async () => {
  const [a, b, c] = ids as [string, string, string];
  const found = await entities([c, UNKNOWN_ID, a, "xyz", c, "..", b.toUpperCase(), ""]);
  expect(found.map((identity) => identity?.id ?? null)).toEqual([c, null, a, null, c, null, b, null]);
  const asked = adminProxy.take().filter(({ path }) => path.includes("/identities"));
  expect(asked).toHaveLength(batches ? 1 : 4);
  for (const { path } of asked) expect(path).not.toMatch(/xyz|\.\./);
});

it("shares one batch and one schema request between aliased lookups", async () => {
  const [a, b] = ids as [string, string];
  const { data } = await facade.send(
    `query ($a: ID!, $b: ID!) { one: identity(id: $a) { id schema { id } } two: identity(id: $b) { id schema { id } } again: identity(id: $a) { id } }`,
    { a, b },
  );
  expect(data).toEqual({ one: { id: a, schema: { id: "default" } }, two: { id: b, schema: { id: "default" } }, again: { id: a } });
  expect(adminProxy.take().filter(({ path }) => path.includes("/identities"))).toHaveLength(batches ? 1 : 2);
});

it("resolves references to identity schemas next to those to identities, and reads each schema once", async () => {
  const schemas = ["default", "nope", "default"].map((id) => ({ __typename: "IdentitySchema", id }));
  const { data } = await facade.send(
    "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Identity { id } ... on IdentitySchema { name: id } } }",
    { of: [...schemas, { __typename: "Identity", id: ids[0] }] },
  );
  const schema = { __typename: "IdentitySchema", name: "default" };
  expect(data!["_entities"]).toEqual([schema, null, schema, { __typename: "Identity", id: ids[0] }]);
  expect([...adminProxy.take(), ...publicProxy.take()].filter(({ path }) => /\/(default|ZGVmYXVsdA)$/.test(path))).toHaveLength(1);
});

it("sends no request to Kratos for a malformed ID", async () => {
  expect(await entities(["xyz"])).toEqual([null]);
  expect(adminProxy.seen).toEqual([]);
});

it("caches nothing between requests", async () => {
  const [id] = await createIdentities(kratos, "default", [{ email: `${randomUUID()}@batch.example.com` }]);
  expect((await entities([id]))[0]?.id).toBe(id);
  await deleteIdentities(kratos, [id!]);
  expect(await entities([id])).toEqual([null]);
});
