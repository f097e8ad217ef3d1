import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../src/codegen.js";
import { ImportIdentitiesDocument } from "../generated/operations.js";
import { deleteIdentities } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { dataOf, useRecordedFacade } from "../support/use-facade.js";

const { facade, kratos, adminProxy, cleanups } = useRecordedFacade(startKratos);
const created: string[] = [];
/** Whether this Kratos has batches. */
let batches: boolean;

beforeAll(async () => {
  cleanups.defer(() => deleteIdentities(kratos, created));
  batches = (await facade.kratos.system.detectVersion()).features.batch;
});

const newEmail = () => `${randomUUID()}@import.example.com`;

async function importAll(...identities: { schemaId?: string; traits: JsonObject }[]) {
  const input = { identities: identities.map((identity) => ({ schemaId: "default", ...identity })) };
  adminProxy.take();
  const { importIdentities } = dataOf(await facade.ask(ImportIdentitiesDocument, { input }));
  created.push(...importIdentities!.results.flatMap((result) => result?.identityId ?? []));
  return importIdentities!;
}

/** Describes tests for a Kratos that has batches. An older one has another answer to all of them. */
const itHasBatches = (name: string, test: () => Promise<void>, timeout?: number) =>
  it(`${name}, or is UNSUPPORTED`, async () => {
    if (batches) return test();
    const { results, userErrors } = await importAll({ traits: { email: newEmail() } });
    expect({ results, userErrors }).toEqual({
      results: [],
      userErrors: [{ code: "UNSUPPORTED", message: expect.stringContaining("v0.13.0 or later"), path: null }],
    });
    expect(adminProxy.take().filter(({ method }) => method !== "GET")).toEqual([]);
  }, timeout);

const SHORT = "mutation ($input: ImportIdentitiesInput!) { importIdentities(input: $input) { results { identityId identity { traits } } userErrors { code } } }";

itHasBatches("creates 1,000 identities in the order of the input, with one call to Kratos", async () => {
  const emails = Array.from({ length: 1_000 }, newEmail);
  const identities = emails.map((email) => ({ schemaId: "default", traits: { email } }));
  const { results, userErrors } = dataOf(await facade.send(SHORT, { input: { identities } }))["importIdentities"];
  created.push(...results.map(({ identityId }: { identityId: string }) => identityId));
  expect(userErrors).toEqual([]);
  expect(results.map(({ identity }: any) => identity.traits.email)).toEqual(emails);
  expect(new Set(created.slice(-1_000)).size).toBe(1_000);
  expect(adminProxy.take().filter(({ method }) => method === "PATCH")).toHaveLength(1);
}, 60_000);

itHasBatches("has an error with its path for each identity that is invalid or exists already, and creates the others", async () => {
  const [taken, repeated, good] = [newEmail(), newEmail(), newEmail()] as const;
  await importAll({ traits: { email: taken } });
  const { results, userErrors } = await importAll(
    { traits: { email: good } },
    { traits: { email: "nope" } },
    { schemaId: "nosuch", traits: { email: newEmail() } },
    { schemaId: "", traits: { email: newEmail() } },
    { traits: { email: repeated } },
    { traits: { email: repeated.toUpperCase() } },
    { traits: { email: taken } },
  );
  const conflict = "Another identity already uses one of these identifiers or addresses.";
  expect(userErrors).toEqual([]);
  expect(results.map((result) => result?.userErrors)).toEqual([
    [],
    [{ code: "INVALID", message: '"nope" is not valid "email"', path: ["input", "identities", "1", "traits", "email"] }],
    [{ code: "INVALID", message: 'Kratos has no identity schema "nosuch".', path: ["input", "identities", "2", "schemaId"] }],
    [{ code: "INVALID", message: expect.stringContaining("Expected the ID of an identity schema"), path: ["input", "identities", "3", "schemaId"] }],
    [],
    [{ code: "CONFLICT", message: conflict, path: ["input", "identities", "5", "traits"] }],
    [{ code: "CONFLICT", message: conflict, path: ["input", "identities", "6", "traits"] }],
  ]);
  expect(results.map((result) => result?.identity?.traits ?? null)).toEqual([{ email: good }, null, null, null, { email: repeated }, null, null]);
});

itHasBatches("has an error for each identity if none can be created", async () => {
  const email = newEmail();
  await importAll({ traits: { email } });
  // Kratos refuses the whole call if its only valid identity is a conflict.
  const { results } = await importAll({ traits: { email: "nope" } }, { traits: { email } }, { traits: {} });
  expect(results.map((result) => [result?.identityId, result?.userErrors.map(({ code, path }) => [code, ...path!])])).toEqual([
    [null, [["INVALID", "input", "identities", "0", "traits", "email"]]],
    [null, [["CONFLICT", "input", "identities", "1", "traits"]]],
    [null, [["INVALID", "input", "identities", "2", "traits", "email"]]],
  ]);
});

itHasBatches("of no identities has no results", async () => {
  expect(await importAll()).toEqual({ results: [], userErrors: [] });
});
