import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../src/codegen.js";
import {
  CreateIdentityDocument,
  DeleteIdentityDocument,
  GetIdentityDocument,
  TwoCreationsDocument,
  UpdateIdentityDocument,
} from "../generated/operations.js";
import { createIdentity, deleteIdentities, readIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";


const { facade, kratos, cleanups } = useFacade(startKratos);
const created: string[] = [];

beforeAll(() => {
  cleanups.defer(() => deleteIdentities(kratos, created));
});

const newEmail = () => `${randomUUID()}@contract.example.com`;

async function create(traits: JsonObject, schemaId = "default") {
  const { createIdentity } = dataOf(await facade.ask(CreateIdentityDocument, { input: { schemaId, traits } }));
  if (createIdentity?.identity) created.push(createIdentity.identity.id);
  return createIdentity!;
}

async function update(input: { id: string; schemaId?: string; traits: JsonObject }) {
  return dataOf(await facade.ask(UpdateIdentityDocument, { input })).updateIdentity!;
}

async function get(id: string) {
  return dataOf(await facade.ask(GetIdentityDocument, { id })).identity;
}

describe("an identity", () => {
  it("is created with its addresses, and is the same when it is read", async () => {
    const email = newEmail();
    const { identity, userErrors } = await create({ email });
    expect(userErrors).toEqual([]);
    expect(identity).toMatchObject({
      schemaId: "default",
      schemaUrl: expect.stringContaining("/schemas/"),
      traits: { email },
      verifiableAddresses: [{ value: email, verified: false, via: "email", status: "pending", verifiedAt: null }],
      recoveryAddresses: [{ value: email, via: "email" }],
      metadataPublic: null,
      metadataAdmin: null,
    });
    const { schema, ...read } = (await get(identity!.id))!;
    // Kratos returns nanoseconds after a creation, which PostgreSQL does not store.
    const { stateChangedAt, ...stored } = identity!;
    expect(read).toEqual({ ...stored, stateChangedAt: stateChangedAt && expect.any(String) });
    expect(schema).toEqual({ id: "default", schema: expect.objectContaining({ properties: expect.anything() }) });
  });

  it("has exactly the timestamps of Kratos", async () => {
    const { identity } = await create({ email: newEmail() });
    const wire = await readIdentity(kratos, identity!.id);
    expect(await get(identity!.id)).toMatchObject({
      createdAt: wire.created_at,
      updatedAt: wire.updated_at,
      stateChangedAt: wire.state_changed_at ?? null,
      verifiableAddresses: [{ createdAt: wire.verifiable_addresses[0].created_at, updatedAt: wire.verifiable_addresses[0].updated_at }],
    });
  });

  it("is null for an unknown ID", async () => {
    expect(await get(UNKNOWN_ID)).toBeNull();
  });

  it.each(["abc", "", "..", "../version", "a/b?c=d#e", " ", "%2e%2e", "ä\n", "ann@example.com", `${UNKNOWN_ID}0`])("is null for the malformed ID %j, with an error that says what an ID is", async (id) => {
    const reply = await facade.send("query ($id: ID!) { identity(id: $id) { id } version }", { id });
    expect(reply.data).toEqual({ identity: null, version: expect.any(String) });
    expect([codeOf(reply), reply.errors![0]!.message]).toEqual(["BAD_USER_INPUT", `"id" must be the ID of an identity, which is a UUID; received ${JSON.stringify(id)}.`]);
  });

  it("is found by its ID in upper case", async () => {
    const { identity } = await create({ email: newEmail() });
    expect((await get(identity!.id.toUpperCase()))?.id).toBe(identity!.id);
  });

  it("does not exist after it is deleted, and cannot be deleted twice", async () => {
    const { identity } = await create({ email: newEmail() });
    const id = identity!.id;
    const first = dataOf(await facade.ask(DeleteIdentityDocument, { input: { id } }));
    expect(first.deleteIdentity).toEqual({ deletedIdentityId: id, userErrors: [] });
    expect(await get(id)).toBeNull();
    const second = dataOf(await facade.ask(DeleteIdentityDocument, { input: { id } }));
    expect(second.deleteIdentity).toEqual({
      deletedIdentityId: null,
      userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "id"] }],
    });
  });

  it.each([UNKNOWN_ID, "abc", ".."])("can be neither updated nor deleted if it does not exist (%s)", async (id) => {
    const notFound = [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "id"] }];
    expect(await update({ id, traits: { email: newEmail() } })).toEqual({ identity: null, userErrors: notFound });
    const { deleteIdentity } = dataOf(await facade.ask(DeleteIdentityDocument, { input: { id } }));
    expect(deleteIdentity).toEqual({ deletedIdentityId: null, userErrors: notFound });
  });
});

describe("errors in the traits", () => {
  it("are returned with their path", async () => {
    expect(await create({ email: "nope" })).toEqual({
      identity: null,
      userErrors: [{ code: "INVALID", message: '"nope" is not valid "email"', path: ["input", "traits", "email"] }],
    });
  });

  it("are a conflict if another identity has the address", async () => {
    const email = newEmail();
    await create({ email });
    const conflict = { code: "CONFLICT", message: expect.not.stringMatching(/sqlite|constraint/i), path: ["input", "traits"] };
    expect(await create({ email })).toEqual({ identity: null, userErrors: [conflict] });
    const { identity } = await create({ email: newEmail() });
    expect(await update({ id: identity!.id, traits: { email } })).toEqual({ identity: null, userErrors: [conflict] });
  });

  it.each(["endpoint was disabled", "This endpoint was disabled", "Login is not allowed because it was disabled."])("include the unknown schema %j, which is no sentence of Kratos", async (schemaId) => {
    expect(await create({ email: newEmail() }, schemaId)).toEqual({
      identity: null,
      userErrors: [{ code: "INVALID", message: `Kratos has no identity schema "${schemaId}".`, path: ["input", "schemaId"] }],
    });
  });

  it("include an unknown schema", async () => {
    const unknownSchema = {
      identity: null,
      userErrors: [{ code: "INVALID", message: 'Kratos has no identity schema "no such".', path: ["input", "schemaId"] }],
    };
    expect(await create({ email: newEmail() }, "no such")).toEqual(unknownSchema);
    const { identity } = await create({ email: newEmail() });
    expect(await update({ id: identity!.id, schemaId: "no such", traits: { email: newEmail() } })).toEqual(unknownSchema);
  });

  it("include an empty schema ID, which Kratos would take for the default", async () => {
    const empty = { identity: null, userErrors: [{ code: "INVALID", message: expect.any(String), path: ["input", "schemaId"] }] };
    expect(await create({ email: newEmail() }, "")).toEqual(empty);
    const { identity } = await create({ email: newEmail() });
    expect(await update({ id: identity!.id, schemaId: "", traits: { email: newEmail() } })).toEqual(empty);
    expect((await get(identity!.id))?.schemaId).toBe("default");
  });

  it("of one mutation do not affect the next", async () => {
    const reply = await facade.ask(TwoCreationsDocument, {
      bad: { schemaId: "default", traits: { email: "nope" } },
      good: { schemaId: "default", traits: { email: newEmail() } },
    });
    const { bad, good } = dataOf(reply);
    expect(bad?.userErrors).toHaveLength(1);
    expect(good?.identity?.id).toEqual(expect.any(String));
    created.push(good!.identity!.id);
  });
});

describe("an update", () => {
  it("replaces the traits and the addresses derived from them", async () => {
    const { identity } = await create({ email: newEmail() });
    const email = newEmail();
    const { identity: changed, userErrors } = await update({ id: identity!.id, traits: { email } });
    expect(userErrors).toEqual([]);
    expect(changed).toMatchObject({ id: identity!.id, schemaId: "default", traits: { email }, verifiableAddresses: [{ value: email }] });
    expect(await get(identity!.id)).toMatchObject(changed!);
  });

  it("keeps the metadata and the state, which the input does not name", async () => {
    const fields = { state: "inactive", metadata_public: { plan: "gold" }, metadata_admin: { notes: [1] } };
    const plain = { schema_id: "default", traits: { email: newEmail() } };
    // Before v0.7 and v0.10, an identity has no state and no metadata, and Kratos rejects what it does not know.
    const before = await createIdentity(kratos, { ...plain, ...fields }).catch(() => createIdentity(kratos, plain));
    created.push(before.id);
    const email = newEmail();
    const { identity: changed } = await update({ id: before.id, traits: { email } });
    const { state, metadata_public: metadataPublic = null, metadata_admin: metadataAdmin = null } = before;
    expect(changed).toMatchObject({ traits: { email }, metadataPublic, metadataAdmin, state: state === undefined ? null : "INACTIVE" });
    expect(await get(before.id)).toMatchObject(changed!);
  });

  it("is visible to the rest of the request", async () => {
    const { identity } = await create({ email: newEmail() });
    const email = newEmail();
    const { data } = await facade.send(
      `mutation ($id: ID!, $traits: JSONObject!) {
        updateIdentity(input: { id: $id, traits: $traits }) { identity { traits } }
        deleteIdentity(input: { id: $id }) { deletedIdentityId }
        again: updateIdentity(input: { id: $id, traits: $traits }) { userErrors { code } }
      }`,
      { id: identity!.id, traits: { email } },
    );
    expect(data).toEqual({
      updateIdentity: { identity: { traits: { email } } },
      deleteIdentity: { deletedIdentityId: identity!.id },
      again: { userErrors: [{ code: "NOT_FOUND" }] },
    });
  });
});

describeSampleSchemas("with the sample schemas", () => {
  it("preserves Unicode in traits", async () => {
    const name = { first: "Zoë 👩‍🚀", last: "李 “小” \\" };
    const { identity, userErrors } = await create({ email: newEmail(), name });
    expect(userErrors).toEqual([]);
    expect((await get(identity!.id))?.traits).toMatchObject({ name });
  });

  it("reports two errors in the traits as two user errors, each with its path", async () => {
    const { userErrors } = await create({ email: "nope", age: -1 });
    expect(userErrors).toEqual([
      { code: "INVALID", message: "must be >= 0 but found -1", path: ["input", "traits", "age"] },
      { code: "INVALID", message: '"nope" is not valid "email"', path: ["input", "traits", "email"] },
    ]);
  });

  it("names a missing property, an unknown property and an item of a list by path", async () => {
    const { userErrors } = await create({ "x~y/z": 1, name: { middle: "J" }, tags: ["ok", 3] });
    expect(userErrors.map(({ path }) => path)).toEqual([
      ["input", "traits", "email"],
      ["input", "traits", "name", "middle"],
      ["input", "traits", "tags", "1"],
      ["input", "traits", "x~y/z"],
    ]);
  });

  it("has no addresses if the schema defines none", async () => {
    const { identity } = await create({ serial: `DEV-${Date.now()}` }, "device");
    expect(identity).toMatchObject({ schemaId: "device", verifiableAddresses: [], recoveryAddresses: [] });
  });

  it("changes the schemaUrl and the schema when an identity moves to another schema", async () => {
    const { identity } = await create({ email: newEmail() });
    const { identity: device } = await create({ serial: `DEV-${Date.now()}-A` }, "device");
    const { identity: moved } = await update({ id: identity!.id, schemaId: "device", traits: { serial: `DEV-${Date.now()}-B` } });
    expect(moved).toMatchObject({ schemaId: "device", schemaUrl: device!.schemaUrl, verifiableAddresses: [] });
    expect((await get(identity!.id))?.schema?.id).toBe("device");
  });
});
