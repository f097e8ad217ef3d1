import { GetIdentitySchemaDocument } from "../generated/operations.js";
import { startKratos } from "../support/kratos-under-test.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

const { facade, kratos } = useFacade(startKratos);

const schema = async (id: string) => dataOf(await facade.ask(GetIdentitySchemaDocument, { id })).identitySchema;

it("returns the JSON Schema of Kratos", async () => {
  const own = await (await fetch(`${kratos.publicUrl}/schemas/default`)).json();
  expect(await schema("default")).toEqual({ id: "default", schema: own });
});

it("returns null for an unknown ID, whatever it contains", async () => {
  for (const id of ["nope", "", ".", "..", "../version", "a/b", "a b?c#d", "ünï", "%2e%2e", "ZGVmYXVsdA"]) expect(await schema(id)).toBeNull();
});

it("resolves identity schemas as entities of the supergraph", async () => {
  const { data } = await facade.send(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on IdentitySchema { id schema } } }`,
    { representations: [{ __typename: "IdentitySchema", id: "nope" }, { __typename: "IdentitySchema", id: "default" }] },
  );
  expect(data!["_entities"]).toEqual([null, { id: "default", schema: expect.any(Object) }]);
});

it("fails only for schemas, and says what to set, if a newer Kratos has no public URL configured", async () => {
  const { status } = await fetch(`${kratos.adminUrl}/schemas/default`, { redirect: "manual" });
  const closed = await startFacade({ adminUrl: kratos.adminUrl });
  const reply = await closed.send(`{ health { alive } identitySchema(id: "default") { id } identities(first: 1) { edges { node { id schema { id } } } } }`);
  expect(reply.data).toMatchObject({ health: { alive: true }, identities: { edges: expect.any(Array) } });
  if (status === 307) {
    expect(reply.data!["identitySchema"]).toBeNull();
    const error = reply.errors!.find(({ path }) => path?.join() === "identitySchema")!;
    expect(error.extensions?.["code"]).toBe("KRATOS_PUBLIC_URL_REQUIRED");
    expect(error.message).toContain("KRATOS_PUBLIC_URL");
  } else {
    expect(reply.errors).toBeUndefined();
  }
});
