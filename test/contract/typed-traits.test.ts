import { randomUUID } from "node:crypto";
import { gte } from "semver";
import { SAMPLE_TRAITS } from "../fake-kratos/index.js";
import { createIdentities, deleteIdentities, readIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useRecordedFacade } from "../support/use-facade.js";

const traits = { schemas: SAMPLE_TRAITS, trustsSchema: false };

const PERSON = "personTraits { email name { first last } age tags }";
const PARTS = `id schemaId traits ${PERSON} deviceTraits { serial model }`;

describeSampleSchemas("with the sample schemas", () => {
  const { facade, kratos, adminProxy, cleanups } = useRecordedFacade(startKratos, { traits });
  const created: string[] = [];
  let version: string;

  beforeAll(async () => {
    cleanups.defer(() => deleteIdentities(kratos, created));
    ({ version } = dataOf(await facade.send("{ version }")) as { version: string });
  });

  beforeEach(() => void adminProxy.take());

  const newEmail = () => `${randomUUID()}@contract.example.com`;
  const newSerial = () => `S-${randomUUID().toUpperCase()}`;
  const stored = (id: string) => readIdentity(kratos, id);

  async function insert(traits: object = { email: newEmail() }, schemaId = "default"): Promise<string> {
    const [id] = (await createIdentities(kratos, schemaId, [traits])) as [string];
    created.push(id);
    return id;
  }

  const send = (mutation: string, input: object) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    return facade.send(`mutation ($input: ${type}!) { ${mutation}(input: $input) { identity { ${PARTS} } userErrors { code message path } } }`, { input });
  };

  async function mutate(mutation: string, input: object) {
    const payload = dataOf(await send(mutation, input))[mutation];
    if (mutation === "createIdentity" && payload.identity) created.push(payload.identity.id);
    return payload;
  }

  /** The paths of what is wrong, with the codes, in any order. */
  async function faultsOf(mutation: string, input: object): Promise<string[]> {
    const { identity, userErrors } = await mutate(mutation, input);
    expect(identity).toBeNull();
    return userErrors.map(({ code, path }: any) => `${code} ${path.join(".")}`).sort();
  }

  const changes = () => adminProxy.seen.filter(({ method }) => method !== "GET");
  const hasPatch = () => gte(version, "v0.13.0");

  it("reads the traits of each identity schema in a field of its own", async () => {
    const email = newEmail();
    const serial = newSerial();
    const ids = [await insert({ email, name: { first: "Ann" }, tags: ["a", "b"] }), await insert({ serial }, "device")];
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { ${PARTS} } } }`;
    const { _entities } = dataOf(await facade.send(query, { of: ids.map((id) => ({ __typename: "Identity", id })) }));
    expect(_entities).toEqual([
      { id: ids[0], schemaId: "default", traits: { email, name: { first: "Ann" }, tags: ["a", "b"] }, personTraits: { email, name: { first: "Ann", last: null }, age: null, tags: ["a", "b"] }, deviceTraits: null },
      { id: ids[1], schemaId: "device", traits: { serial }, personTraits: null, deviceTraits: { serial, model: null } },
    ]);
  });

  it("creates an identity with the schema of its typed traits", async () => {
    const email = newEmail();
    const personTraits = { email, name: { first: "Ann", last: null }, age: null, tags: ["a"] };
    const { identity, userErrors } = await mutate("createIdentity", { typedTraits: { personTraits } });
    expect(userErrors).toEqual([]);
    expect(identity).toMatchObject({ schemaId: "default", personTraits, deviceTraits: null });
    // What is null is left out, because the schema does not allow null.
    expect(await stored(identity.id)).toMatchObject({ schema_id: "default", traits: { email, name: { first: "Ann" }, tags: ["a"] } });
    const serial = newSerial();
    expect(await mutate("createIdentity", { typedTraits: { deviceTraits: { serial } }, schemaId: "device" })).toMatchObject({ identity: { schemaId: "device", deviceTraits: { serial, model: null } }, userErrors: [] });
  });

  it("still creates and updates identities with traits as JSON", async () => {
    const { identity } = await mutate("createIdentity", { schemaId: "default", traits: { email: newEmail() } });
    const email = newEmail();
    expect(await mutate("updateIdentity", { id: identity.id, traits: { email } })).toMatchObject({ identity: { personTraits: { email } }, userErrors: [] });
    expect(await faultsOf("updateIdentity", { id: identity.id, traits: { email, given: 1 } })).toEqual(["INVALID input.traits.given"]);
    expect(await faultsOf("createIdentity", { traits: { email } })).toEqual(["INVALID input.schemaId"]);
  });

  it("replaces all traits, and switches to the schema of the typed ones", async () => {
    const id = await insert({ email: newEmail(), age: 30 });
    const email = newEmail();
    expect(await mutate("updateIdentity", { id, typedTraits: { personTraits: { email, name: { last: "Byron" } } } })).toMatchObject({ identity: { schemaId: "default" }, userErrors: [] });
    expect((await stored(id)).traits).toEqual({ email, name: { last: "Byron" } });
    const serial = newSerial();
    expect(await mutate("updateIdentity", { id, typedTraits: { deviceTraits: { serial } } })).toMatchObject({ identity: { schemaId: "device", personTraits: null, deviceTraits: { serial } }, userErrors: [] });
    expect(await stored(id)).toMatchObject({ schema_id: "device", traits: { serial } });
  });

  it("merges typed traits: objects are merged, null removes, and lists are replaced", async () => {
    const email = newEmail();
    const id = await insert({ email, name: { first: "Ann", last: "Byron" }, age: 30, tags: ["a", "b"] });
    const payload = await mutate("patchIdentity", { id, typedTraits: { personTraits: { name: { first: "Ada", last: null }, age: null, tags: ["c"] } } });
    if (!hasPatch()) return expect(payload.userErrors).toMatchObject([{ code: "UNSUPPORTED" }]);
    expect(payload.userErrors).toEqual([]);
    expect((await stored(id)).traits).toEqual({ email, name: { first: "Ada" }, tags: ["c"] });
    expect(payload.identity.personTraits).toEqual({ email, name: { first: "Ada", last: null }, age: null, tags: ["c"] });
  });

  it("merges typed traits only into those of the same schema, or of the one that it switches to", async () => {
    if (!hasPatch()) return;
    const id = await insert({ serial: newSerial() }, "device");
    const before = await stored(id);
    const email = newEmail();
    const typedTraits = { personTraits: { email } };
    const { userErrors } = await mutate("patchIdentity", { id, typedTraits });
    expect(userErrors).toEqual([{ code: "INVALID", path: ["input", "typedTraits", "personTraits"], message: expect.stringContaining('the identity schema "default", but the identity has another one') }]);
    expect(userErrors[0].message).toContain("`schemaId`");
    expect(await faultsOf("patchIdentity", { id, typedTraits, schemaId: "device" })).toEqual(["INVALID input.schemaId"]);
    expect(await stored(id)).toEqual(before);
    // The traits that stay do not match the new schema.
    const left = await mutate("patchIdentity", { id, typedTraits, schemaId: "default" });
    expect(left.userErrors).toEqual([{ code: "INVALID", path: ["input", "typedTraits", "personTraits"], message: expect.stringContaining("In the identity as it is now") }]);
    expect(await mutate("patchIdentity", { id, typedTraits: { deviceTraits: { model: "M" } } })).toMatchObject({ identity: { deviceTraits: { model: "M" } }, userErrors: [] });
  });

  it("reports all that is wrong without asking Kratos to change anything, with paths in the typed input", async () => {
    const personTraits = { email: "x", name: { first: "", last: "" }, age: -1, tags: ["ok", "much too long for a tag"] };
    const faults = ["age", "email", "name.first", "name.last", "tags.1"].map((path) => `INVALID input.typedTraits.personTraits.${path}`);
    const id = await insert();
    expect(await faultsOf("createIdentity", { typedTraits: { personTraits } })).toEqual(faults);
    expect(await faultsOf("updateIdentity", { id, typedTraits: { personTraits } })).toEqual(faults);
    if (hasPatch()) {
      expect(await faultsOf("patchIdentity", { id, typedTraits: { personTraits } })).toEqual(faults);
      expect(await faultsOf("patchIdentity", { id, typedTraits: { personTraits: { email: null } } })).toEqual(["INVALID input.typedTraits.personTraits.email"]);
    }
    expect(changes()).toEqual([]);
  });

  it("reports what only Kratos finds with paths in the typed input, too", async () => {
    expect(await faultsOf("createIdentity", { typedTraits: { personTraits: { email: "not an email" } } })).toEqual(["INVALID input.typedTraits.personTraits.email"]);
    expect(await faultsOf("createIdentity", { typedTraits: { deviceTraits: { serial: "lower case" } } })).toEqual(["INVALID input.typedTraits.deviceTraits.serial"]);
    const id = await insert();
    expect(await faultsOf("updateIdentity", { id, typedTraits: { personTraits: { email: "not an email" } } })).toEqual(["INVALID input.typedTraits.personTraits.email"]);
    if (hasPatch()) expect(await faultsOf("patchIdentity", { id, typedTraits: { personTraits: { email: "not an email" } } })).toEqual(["INVALID input.typedTraits.personTraits.email"]);
    expect(changes().length).toBeGreaterThan(2);
  });

  it("takes an email address that only some validators accept, as Kratos does", async () => {
    const email = `ünï-${randomUUID()}@contract.example.com`;
    const json = await mutate("createIdentity", { schemaId: "default", traits: { email } });
    if (json.identity) await deleteIdentities(kratos, [created.pop()!]);
    const typed = await mutate("createIdentity", { typedTraits: { personTraits: { email } } });
    expect(typed.userErrors.map(({ code, message }: any) => [code, message])).toEqual(json.userErrors.map(({ code, message }: any) => [code, message]));
  });

  it("says that another identity has the same email address, at the typed traits", async () => {
    const email = newEmail();
    await insert({ email });
    const id = await insert();
    const typedTraits = { personTraits: { email } };
    for (const [mutation, input] of [["createIdentity", {}], ["updateIdentity", { id }], ...(hasPatch() ? [["patchIdentity", { id }] as const] : [])] as const) {
      expect(await faultsOf(mutation, { ...input, typedTraits })).toEqual(["CONFLICT input.typedTraits.personTraits"]);
    }
    for (const mutation of ["updateIdentity", ...(hasPatch() ? ["patchIdentity"] : [])]) {
      expect(await faultsOf(mutation, { id: UNKNOWN_ID, typedTraits })).toEqual(["NOT_FOUND input.id"]);
    }
  });

  it("refuses another schema than that of the typed traits", async () => {
    const id = await insert();
    for (const [mutation, input] of [["createIdentity", {}], ["updateIdentity", { id }]] as const) {
      const { userErrors } = await mutate(mutation, { ...input, schemaId: "device", typedTraits: { personTraits: { email: newEmail() } } });
      expect(userErrors).toEqual([{ code: "INVALID", path: ["input", "schemaId"], message: '`personTraits` are the traits of the identity schema "default". Expected this ID or none; received "device".' }]);
    }
    expect(changes()).toEqual([]);
  });

  it("expects exactly one of traits and typedTraits, and of the typed traits, however often the operation is sent", async () => {
    const id = await insert();
    const email = newEmail();
    const typed = { personTraits: { email } };
    const cases: [string, object][] = [
      ["createIdentity", { schemaId: "default" }],
      ["createIdentity", { schemaId: "default", traits: null, typedTraits: null }],
      ["createIdentity", { schemaId: "default", traits: { email }, typedTraits: typed }],
      ["createIdentity", { typedTraits: {} }],
      ["createIdentity", { typedTraits: { personTraits: null } }],
      ["createIdentity", { typedTraits: { ...typed, deviceTraits: { serial: "S-123" } } }],
      ["createIdentity", { typedTraits: { personTraits: { name: {} } } }],
      ["updateIdentity", { id }],
      ["updateIdentity", { id, traits: { email }, typedTraits: typed }],
      ["patchIdentity", { id, traits: { merge: { email } }, typedTraits: typed }],
      ["patchIdentity", { id, typedTraits: { ...typed, deviceTraits: {} } }],
      ["patchIdentity", { id, typedTraits: { deviceTraits: null } }],
    ];
    for (const [mutation, input] of cases) {
      // Later requests run compiled.
      for (let time = 0; time < 4; time++) expect([mutation, input, codeOf(await send(mutation, input))]).toEqual([mutation, input, "BAD_USER_INPUT"]);
    }
    expect(changes()).toEqual([]);
  });

  it("imports identities with typed traits, and reports what is wrong with each", async () => {
    const [email, other] = [newEmail(), newEmail()];
    const mutation = "mutation ($input: ImportIdentitiesInput!) { importIdentities(input: $input) { results { identityId userErrors { code path } identity { schemaId } } userErrors { code } } }";
    const identities = [
      { typedTraits: { personTraits: { email: "x" } } },
      { typedTraits: { personTraits: { email } } },
      { typedTraits: { deviceTraits: { serial: "lower case" } } },
      { schemaId: "default", traits: { email: other } },
      { schemaId: "default", typedTraits: { deviceTraits: { serial: newSerial() } } },
    ];
    const { importIdentities } = dataOf(await facade.send(mutation, { input: { identities } }));
    if (!hasPatch()) return expect(importIdentities.userErrors).toEqual([{ code: "UNSUPPORTED" }]);
    created.push(...importIdentities.results.flatMap(({ identityId }: any) => identityId ?? []));
    const at = (...path: string[]) => ({ identityId: null, identity: null, userErrors: [{ code: "INVALID", path: ["input", "identities", ...path] }] });
    const imported = { identityId: expect.any(String), identity: { schemaId: "default" }, userErrors: [] };
    expect(importIdentities.results).toEqual([
      at("0", "typedTraits", "personTraits", "email"),
      imported,
      at("2", "typedTraits", "deviceTraits", "serial"),
      imported,
      at("4", "schemaId"),
    ]);
  });
});
