import { GetIdentitySchemaDocument } from "../generated/operations.js";
import { startKratos } from "../support/kratos-under-test.js";
import { dataOf, startFacade, useFacade } from "../support/use-facade.js";

const { facade, kratos } = useFacade(startKratos);

const schema = async (id: string) => dataOf(await facade.ask(GetIdentitySchemaDocument, { id })).identitySchema;

it("an identity schema is the JSON Schema that Kratos has", async () => {
  const own = await (await fetch(`${kratos.publicUrl}/schemas/default`)).json();
  expect(await schema("default")).toEqual({ id: "default", schema: own });
});

it("an identity schema that there is not is null, whatever its id", async () => {
  for (const id of ["nope", "", ".", "..", "../version", "a/b", "a b?c#d", "ünï", "%2e%2e", "ZGVmYXVsdA"]) expect(await schema(id)).toBeNull();
});

it("an identity schema is an entity of the supergraph", async () => {
  const { data } = await facade.send(
    `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on IdentitySchema { id schema } } }`,
    { representations: [{ __typename: "IdentitySchema", id: "nope" }, { __typename: "IdentitySchema", id: "default" }] },
  );
  expect(data!["_entities"]).toEqual([null, { id: "default", schema: expect.any(Object) }]);
});

it("without Kratos' public address a newer Kratos' schemas fail by themselves and say what to set", async () => {
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
