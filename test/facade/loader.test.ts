import { graphql } from "graphql";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createContext } from "../../src/graphql/context.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { Kratos } from "../../src/kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";

it("has what one key of an identity has found for the other, until a mutation", async () => {
  const embedded = await stopAfterTest(startFakeKratos());
  const batches: [string, number][] = [];
  const { identities, identitiesByExternalId } = createContext({ kratos: new Kratos({ ...embedded, timeoutMs: 2_000 }), onBatch: (...batch) => batches.push(batch) });
  const [ann, none, again] = await Promise.all(["crm-1", "nope", "crm-1"].map((externalId) => identitiesByExternalId.load(externalId)));
  expect([ann?.externalId, none, again]).toEqual(["crm-1", null, ann]);
  expect(await identities.load(ann!.id.toUpperCase())).toBe(ann);
  const ben = await identitiesByExternalId.load("crm-2");
  const { identities: others, identitiesByExternalId: othersByExternalId } = createContext({ kratos: new Kratos({ ...embedded, timeoutMs: 2_000 }), onBatch: (...batch) => batches.push(batch) });
  expect(await othersByExternalId.load((await others.load(ben!.id))!.externalId!)).toEqual(ben);
  expect(batches).toEqual([["identity_by_external_id", 2], ["identity_by_external_id", 1], ["identity", 1]]);
});

it("looks an external ID up again after a mutation, as it may have become another's", async () => {
  const embedded = await stopAfterTest(startFakeKratos());
  const context = createContext({ kratos: new Kratos({ ...embedded, timeoutMs: 2_000 }) });
  const { id } = (await context.identitiesByExternalId.load("crm-1"))!;
  const source = `mutation { deleteIdentity(input: { id: "${id}" }) { deletedIdentityId } }`;
  expect((await graphql({ schema: buildFacadeSchema().schema, source, contextValue: context })).errors).toBeUndefined();
  expect(await context.identitiesByExternalId.load("crm-1")).toBeNull();
});

it("replaces what the loader has cached with the result of a mutation", async () => {
  const embedded = await stopAfterTest(startFakeKratos());
  const context = createContext({ kratos: new Kratos({ ...embedded, timeoutMs: 2_000 }) });
  const run = async (source: string, id?: string) => {
    const { data, errors } = await graphql({ schema: buildFacadeSchema().schema, source, variableValues: { id }, contextValue: context });
    expect(errors).toBeUndefined();
    return JSON.parse(JSON.stringify(data));
  };
  const email = async (id: string) => (await context.identities.load(id))?.traits;
  const { createIdentity } = await run(`mutation { createIdentity(input: { schemaId: "default", traits: { email: "a@loader.example.com" } }) { identity { id } } }`);
  const { id } = createIdentity.identity;
  expect(await email(id)).toEqual({ email: "a@loader.example.com" });
  await run(`mutation ($id: ID!) { updateIdentity(input: { id: $id, traits: { email: "b@loader.example.com" } }) { identity { id } } }`, id);
  expect(await email(id)).toEqual({ email: "b@loader.example.com" });
  await run(`mutation ($id: ID!) { deleteIdentity(input: { id: $id }) { deletedIdentityId } }`, id);
  expect(await context.identities.load(id)).toBeNull();
});
