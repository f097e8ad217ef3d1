import { randomUUID } from "node:crypto";
import { gte } from "semver";
import { PatchIdentityDocument, VerifyAddressDocument, type PatchIdentityInput, type VerifyAddressInput } from "../generated/operations.js";
import { createIdentities, deleteIdentities, patchIdentity, readIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeSampleSchemas, startKratos } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const { facade, kratos, cleanups } = useFacade(startKratos);
const created: string[] = [];
let version: string;

beforeAll(async () => {
  cleanups.defer(() => deleteIdentities(kratos, created));
  ({ version } = dataOf(await facade.send("{ version }")) as { version: string });
});

const newEmail = () => `${randomUUID()}@contract.example.com`;

async function create(traits: object = { email: newEmail() }, schemaId = "default"): Promise<string> {
  const [id] = (await createIdentities(kratos, schemaId, [traits])) as [string];
  created.push(id);
  return id;
}

async function patch(input: PatchIdentityInput) {
  return dataOf(await facade.ask(PatchIdentityDocument, { input })).patchIdentity!;
}

async function verify(input: VerifyAddressInput) {
  return dataOf(await facade.ask(VerifyAddressDocument, { input })).verifyAddress!;
}

/** What Kratos stores. */
const stored = (id: string) => readIdentity(kratos, id);

const isSince = (since: string) => gte(version, since);
const unsupported = (since: string, what = "patchIdentity", path: string[] | null = null) => ({
  identity: null,
  userErrors: [{ code: "UNSUPPORTED", message: `${what} requires Kratos ${since} or later. The connected Kratos is ${version}.`, path }],
});

/** Changes an identity, or expects that the version refuses to. @returns undefined if it does */
async function patchSince(since: string, input: PatchIdentityInput) {
  const payload = await patch(input);
  if (isSince(since)) {
    expect(payload.userErrors).toEqual([]);
    return payload.identity!;
  }
  const field = Object.keys(input).at(-1)!;
  expect(payload).toEqual(isSince(PATCH) ? unsupported(since, `\`${field}\``, ["input", field]) : unsupported(PATCH));
  return undefined;
}

const PATCH = "v0.13.0";
const EXTERNAL_ID = "v25.4.0";
const UPDATED_AT = "v25.4.0";

describe("a patch", () => {
  it("changes what it names, and nothing else", async () => {
    const email = newEmail();
    const id = await create({ email });
    if (!(await patchSince(PATCH, { id, metadataPublic: { plan: "gold" }, metadataAdmin: [1, "vip"] }))) return;
    const { identity } = await patch({ id, state: "INACTIVE" });
    expect(identity).toMatchObject({ state: "INACTIVE", metadataPublic: { plan: "gold" }, metadataAdmin: [1, "vip"], traits: { email }, schemaId: "default" });
    expect(await stored(id)).toMatchObject({ state: "inactive", metadata_public: { plan: "gold" }, metadata_admin: [1, "vip"], traits: { email } });
  });

  it("clears metadata with null, and neither state, schema nor traits", async () => {
    const id = await create();
    if (!(await patchSince(PATCH, { id, metadataPublic: { plan: "gold" }, metadataAdmin: { note: 1 } }))) return;
    expect(await patch({ id, metadataAdmin: null })).toMatchObject({ identity: { metadataPublic: { plan: "gold" }, metadataAdmin: null }, userErrors: [] });
    expect(await patch({ id, metadataPublic: null })).toMatchObject({ identity: { metadataPublic: null }, userErrors: [] });
    expect(await stored(id)).toMatchObject({ metadata_public: null });
    expect((await stored(id)).metadata_admin ?? null).toBeNull();
    const { identity, userErrors } = await patch({ id, state: null, schemaId: null, traits: null });
    expect(identity).toBeNull();
    expect(userErrors).toEqual(["traits", "schemaId", "state"].map((field) => ({ code: "INVALID", message: expect.stringContaining("cannot be cleared"), path: ["input", field] })));
  });

  it("refuses metadata that is a number, which Kratos could not read again on SQLite", async () => {
    const id = await create();
    for (const field of ["metadataPublic", "metadataAdmin"]) {
      expect((await patch({ id, [field]: 1.5 })).userErrors).toEqual([{ code: "INVALID", message: "Expected an object or any other JSON value that is not a number.", path: ["input", field] }]);
    }
  });

  it("sets, changes and clears the external ID", async () => {
    const id = await create();
    const externalId = `crm/${randomUUID()}`;
    if (!(await patchSince(EXTERNAL_ID, { id, externalId }))) return;
    expect((await stored(id)).external_id).toBe(externalId);
    const other = await create();
    expect((await patch({ id: other, externalId })).userErrors).toEqual([{ code: "CONFLICT", message: expect.any(String), path: ["input", "externalId"] }]);
    expect((await patch({ id, externalId: "" })).userErrors).toMatchObject([{ code: "INVALID", path: ["input", "externalId"] }]);
    expect((await patch({ id, externalId: null })).userErrors).toEqual([]);
    expect((await stored(id)).external_id ?? null).toBeNull();
    expect((await patch({ id: other, externalId })).userErrors).toEqual([]);
  });

  it("of nothing returns the identity", async () => {
    const id = await create();
    const identity = await patchSince(PATCH, { id });
    if (identity) expect(identity.id).toBe(id);
  });

  it("expects traits to merge or to replace, not both", async () => {
    const id = await create();
    for (const traits of [{}, { merge: {}, replace: { email: newEmail() } }, { merge: null }]) {
      const reply = await facade.send("mutation ($input: PatchIdentityInput!) { patchIdentity(input: $input) { userErrors { code } } }", { input: { id, traits } });
      expect([codeOf(reply), reply.data]).toEqual(["BAD_USER_INPUT", undefined]);
    }
  });

  it.each([UNKNOWN_ID, "abc"])("of the unknown identity %j is NOT_FOUND", async (id) => {
    if (id === UNKNOWN_ID && !isSince(PATCH)) return expect(await patch({ id, state: "ACTIVE" })).toEqual(unsupported(PATCH));
    for (const input of [{ id, state: "ACTIVE" as const }, { id, traits: { merge: { age: 1 } } }]) {
      expect(await patch(input)).toEqual({ identity: null, userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "id"] }] });
    }
  });

  it("of traits that another identity has is a CONFLICT", async () => {
    const email = newEmail();
    await create({ email });
    if (!isSince(PATCH)) return;
    const id = await create();
    expect((await patch({ id, traits: { merge: { email } } })).userErrors).toEqual([{ code: "CONFLICT", message: expect.any(String), path: ["input", "traits", "merge"] }]);
  });

  it("with ifUnmodifiedSince changes only the identity that was read", async () => {
    const id = await create();
    const { created_at: before } = await stored(id);
    const changed = await patchSince(UPDATED_AT, { id, state: "INACTIVE", ifUnmodifiedSince: before });
    if (!changed) return;
    const { identity, userErrors } = await patch({ id, state: "ACTIVE", ifUnmodifiedSince: before });
    expect(identity).toBeNull();
    expect(userErrors).toEqual([{ code: "CONFLICT", message: expect.stringContaining(before), path: ["input", "ifUnmodifiedSince"] }]);
    expect(userErrors[0]!.message).toContain(changed.updatedAt);
    expect((await stored(id)).state).toBe("inactive");
    const inAnotherZone = changed.updatedAt!.replace("Z", "+00:00");
    expect((await patch({ id, state: "ACTIVE", ifUnmodifiedSince: inAnotherZone })).userErrors).toEqual([]);
  });
});

describeSampleSchemas("with the sample schemas, a patch", () => {
  const person = () => ({ email: newEmail(), name: { first: "Ann", last: "Byron" }, age: 30, tags: ["a", "b"] });

  it("merges traits as RFC 7396 says: objects are merged, null removes, and lists are replaced", async () => {
    const traits = person();
    const id = await create(traits);
    const merged = await patchSince(PATCH, { id, traits: { merge: { name: { first: "Ada", last: null }, age: null, tags: ["c"] } } });
    if (!merged) return;
    expect(merged.traits).toEqual({ email: traits.email, name: { first: "Ada" }, tags: ["c"] });
    expect((await stored(id)).traits).toEqual(merged.traits);
  });

  it("replaces all traits", async () => {
    const id = await create(person());
    const traits = { email: newEmail(), age: 31 };
    const replaced = await patchSince(PATCH, { id, traits: { replace: traits } });
    if (replaced) expect([replaced.traits, (await stored(id)).traits]).toEqual([traits, traits]);
  });

  it("moves an identity to another schema together with its traits", async () => {
    const id = await create(person());
    const device = { serial: `DEV-${Date.now()}` };
    const moved = await patchSince(PATCH, { id, schemaId: "device", traits: { replace: device } });
    if (!moved) return;
    expect(moved).toMatchObject({ schemaId: "device", traits: device, schemaUrl: (await stored(id)).schema_url });
    expect((await patch({ id, schemaId: "no such" })).userErrors).toMatchObject([{ code: "INVALID", path: ["input", "schemaId"] }]);
  });

  it("returns errors in its traits with their path", async () => {
    const id = await create(person());
    if (!isSince(PATCH)) return;
    const merge = { name: { middle: "J" }, age: -1, email: null };
    expect((await patch({ id, traits: { merge } })).userErrors).toEqual([
      { code: "INVALID", message: "must be >= 0 but found -1", path: ["input", "traits", "merge", "age"] },
      { code: "INVALID", message: expect.any(String), path: ["input", "traits", "merge", "email"] },
      { code: "INVALID", message: expect.any(String), path: ["input", "traits", "merge", "name", "middle"] },
    ]);
    expect((await patch({ id, traits: { replace: { age: -1 } } })).userErrors.map(({ path }) => path)).toEqual([
      ["input", "traits", "replace", "age"],
      ["input", "traits", "replace", "email"],
    ]);
  });

  it("of an identity whose traits do not match the schema names the trait that is in the way, without its value", async () => {
    const id = await create(person());
    if (!isSince(PATCH)) return;
    const expected = ["serial", "email", "name", "age", "tags"].map((trait) => ({ code: "INVALID", message: expect.stringMatching(/^In the identity as it is now, .* Kratos validates all traits/), path: ["input", "traits", trait] }));
    for (const input of [{ schemaId: "device" }, { schemaId: "device", metadataPublic: { plan: "gold" } }]) {
      const { userErrors } = await patch({ id, ...input });
      expect(userErrors).toEqual(expect.arrayContaining(expected));
      expect(userErrors).toHaveLength(5);
    }
  });

  it("keeps what each of 24 concurrent merges adds, while addresses are verified", async () => {
    if (!isSince(PATCH)) return;
    const adds = [{ name: { first: "Ann" } }, { name: { last: "Byron" } }, { age: 30 }, { tags: ["a"] }];
    const emails = Array.from({ length: 6 }, newEmail);
    const ids = await Promise.all(emails.map((email) => create({ email })));
    const merges = ids.flatMap((id) => adds.map((merge) => patch({ id, traits: { merge } })));
    const others = ids.map((identityId, at) => verify({ identityId, address: emails[at]! }));
    for (const { userErrors } of await Promise.all([...merges, ...others])) expect(userErrors).toEqual([]);
    for (const [at, id] of ids.entries()) {
      const { traits, verifiable_addresses } = await stored(id);
      expect(traits).toEqual({ email: emails[at], name: { first: "Ann", last: "Byron" }, age: 30, tags: ["a"] });
      expect(verifiable_addresses).toMatchObject([{ value: emails[at], verified: true }]);
    }
  });
});

describe("an address", () => {
  it("is marked as verified, with its time and status, and nothing else is changed", async () => {
    const email = newEmail();
    const id = await create({ email });
    const before = await stored(id);
    const payload = await verify({ identityId: id, address: email.toUpperCase() });
    if (!isSince(PATCH)) return expect(payload).toEqual(unsupported(PATCH, "Verifying an address"));
    expect(payload.userErrors).toEqual([]);
    const [address] = payload.identity!.verifiableAddresses;
    expect(address).toMatchObject({ id: before.verifiable_addresses[0].id, value: email, verified: true, status: "completed", verifiedAt: expect.any(String) });
    const { verifiable_addresses, updated_at: _, credentials: __, ...after } = await stored(id);
    expect(verifiable_addresses).toMatchObject([{ id: address!.id, value: email, via: "email", verified: true, status: "completed" }]);
    expect(before).toMatchObject(after);
  });

  it("that is verified already stays as it is", async () => {
    const email = newEmail();
    const id = await create({ email });
    if (!isSince(PATCH)) return;
    const first = await verify({ identityId: id, address: email, via: "email" });
    const again = await verify({ identityId: id, address: email });
    expect(again.userErrors).toEqual([]);
    expect(again.identity!.verifiableAddresses[0]!.verifiedAt!.slice(0, 19)).toBe(first.identity!.verifiableAddresses[0]!.verifiedAt!.slice(0, 19));
  });

  it("stays verified in a change of other traits", async () => {
    const email = newEmail();
    const id = await create({ email });
    if (!isSince(PATCH)) return;
    await verify({ identityId: id, address: email });
    await patch({ id, traits: { replace: { email } }, metadataPublic: {} });
    expect((await stored(id)).verifiable_addresses).toMatchObject([{ value: email, verified: true }]);
  });

  it("that the identity does not have is INVALID, and an unknown identity is NOT_FOUND", async () => {
    const email = newEmail();
    const id = await create({ email });
    if (!isSince(PATCH)) return;
    for (const other of [{ address: newEmail() }, { address: "" }, { address: email, via: "sms" }]) {
      expect(await verify({ identityId: id, ...other })).toEqual({
        identity: null,
        userErrors: [{ code: "INVALID", message: "The identity has no such verifiable address. Expected the value of one of its verifiable addresses.", path: ["input", "address"] }],
      });
    }
    for (const identityId of [UNKNOWN_ID, "abc"]) {
      expect((await verify({ identityId, address: email })).userErrors).toMatchObject([{ code: "NOT_FOUND", path: ["input", "identityId"] }]);
    }
  });

  it("that is inserted before an equal one replaces it, and vanishes if no trait has it", async () => {
    const email = newEmail();
    const id = await create({ email });
    const insert = (value: string) => patchIdentity(kratos, id, [{ op: "add", path: "/verifiable_addresses/0", value: { value, via: "email", verified: true, status: "completed" } }]);
    if (!isSince(PATCH)) return;
    expect((await insert(newEmail())).status).toBe(200);
    expect((await stored(id)).verifiable_addresses).toMatchObject([{ value: email, verified: false }]);
    expect((await insert(email)).status).toBe(200);
    expect((await stored(id)).verifiable_addresses).toMatchObject([{ value: email, verified: true }]);
  });
});
