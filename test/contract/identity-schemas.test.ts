import { compare } from "semver";
import { FIRST_VERSION } from "../../src/kratos/features.js";
import { GetIdentitySchemaDocument, ListIdentitySchemasDocument } from "../generated/operations.js";
import { startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, startFacade, useFacade } from "../support/use-facade.js";

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

describe("the list", () => {
  let isSupported: boolean;

  beforeAll(async () => {
    isSupported = compare(dataOf(await facade.send("{ version }"))["version"], FIRST_VERSION.schemaList) >= 0;
  });

  const page = async (first?: number, after?: string | null) => dataOf(await facade.ask(ListIdentitySchemasDocument, { first, after })).identitySchemas!;

  it("is unsupported before v0.8, and has every schema since then", async () => {
    const reply = await facade.ask(ListIdentitySchemasDocument, {});
    if (!isSupported) return expect([codeOf(reply), reply.errors![0]!.extensions!["since"]]).toEqual(["UNSUPPORTED_BY_KRATOS", "v0.8.0-alpha.2"]);
    const { edges } = dataOf(reply).identitySchemas!;
    for (const { node } of edges) expect(await schema(node.id)).toEqual(node);
    expect(edges.map(({ node }) => node.id)).toContain("default");
  });

  it.each([1, 2, 7])("has each schema once with pages of %d", async (first) => {
    if (!isSupported) return;
    const { edges: all } = await page();
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { edges, pageInfo }: Awaited<ReturnType<typeof page>> = await page(first, after);
      seen.push(...edges.map(({ node }) => node.id));
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      after = pageInfo.endCursor ?? null;
      if (!pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(all.map(({ node }) => node.id));
    // Kratos answers with null beyond the end.
    expect((await page(first, all.at(-1)!.cursor)).edges).toEqual([]);
  });

  it.each(["", "nonsense", "identitySchemas:-1", "sessions:1"])("rejects %p, which is not a cursor", async (text) => {
    if (!isSupported) return;
    for (const after of [text, Buffer.from(text).toString("base64url")]) {
      expect(codeOf(await facade.ask(ListIdentitySchemasDocument, { after }))).toBe("BAD_USER_INPUT");
    }
  });
});
