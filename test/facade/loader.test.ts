import { graphql } from "graphql";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createContext } from "../../src/graphql/context.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { Kratos } from "../../src/kratos/index.js";
import { stopAfterTest } from "../support/lifecycle.js";

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
