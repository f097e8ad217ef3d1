import { isNonNullType } from "graphql";
import { createHash } from "node:crypto";
import { startFakeKratos } from "../fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { SCOPES, type Scope } from "../../src/graphql/scopes.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { fetchGraphQL } from "../support/http.js";
import { createIdentities, patchIdentity, readIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { useRecordedFacade } from "../support/use-facade.js";

/** Callers, named by their scopes. */
const CALLERS = [SCOPES.join(" "), "identities:read", "identities:write", "identities:delete", "recovery:write", "flows:read", "secrets:read", "system:read"];
const keys = new Map(CALLERS.map((scopes, at) => [scopes, createApiKey(`caller-${at}`, scopes.split(" "))]));
const EVERYTHING = CALLERS[0]!;
const METADATA = "{ identity(id: $id) { metadataAdmin } }";

const apiKeys = parseApiKeys([...keys.values()].map(({ line }) => line).join("\n"));
const { kratos, adminProxy, facade } = useRecordedFacade(startFakeKratos, { authentication: { apiKeys }, batching: true });
let id: string;

beforeAll(async () => {
  [id] = (await createIdentities(kratos, "default", [{ email: "Guarded@example.com", name: { first: "canary-first" } }])) as [string];
  await patchIdentity(kratos, id, [{ op: "add", path: "/metadata_admin", value: { note: "canary-admin" } }]);
  await facade.send("{ version }", {}, as("system:read"));
  adminProxy.take();
});

const as = (scopes: string) => ({ authorization: `Bearer ${keys.get(scopes)!.key}` });
const post = (body: object, scopes: string) => fetchGraphQL(`${facade.url}/graphql`, body, as(scopes));
const forbidden = (scope: Scope) => expect.objectContaining({ extensions: expect.objectContaining({ code: "FORBIDDEN", requiredScope: scope }) });

describe("a caller with a single scope", () => {
  it("may write without seeing the identity: the payload has only userErrors", async () => {
    const update = `mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { id traits metadataAdmin } userErrors { code message path } } }`;
    const { data, errors } = await facade.send(update, { input: { id, traits: { email: "guarded@example.com", age: 20 } } }, as("identities:write"));
    expect([data, errors]).toEqual([{ updateIdentity: { identity: null, userErrors: [] } }, [forbidden("identities:read")]]);
    expect((await readIdentity(kratos, id)).traits.age).toBe(20);
    const create = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { id } userErrors { code } } }`;
    const made = await facade.send(create, { input: { schemaId: "default", traits: { email: "made@example.com" } } }, as("identities:write"));
    expect([made.data, made.errors]).toEqual([{ createIdentity: { identity: null, userErrors: [] } }, [forbidden("identities:read")]]);
  });

  it("may not create an identity with admin metadata, which requires the scope that reading it does", async () => {
    const create = "mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { userErrors { code } } }";
    const input = { schemaId: "default", traits: { email: "admin-metadata@example.com" } };
    adminProxy.take();
    for (const metadataAdmin of [{ note: "canary-written" }, 0, ""]) {
      const { data, errors } = await facade.send(create, { input: { ...input, metadataAdmin } }, as("identities:write"));
      expect([data, errors]).toEqual([{ createIdentity: null }, [forbidden("secrets:read")]]);
    }
    expect(adminProxy.take()).toEqual([]);
    const { data } = await facade.send(create, { input: { ...input, metadataAdmin: null, metadataPublic: { plan: "gold" } } }, as("identities:write"));
    expect(data).toEqual({ createIdentity: { userErrors: [] } });
  });

  it("learns from userErrors only whether what they named exists", async () => {
    const update = `mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { userErrors { code message path } } }`;
    const unknown = await facade.send(update, { input: { id: UNKNOWN_ID, traits: { email: "x@example.com" } } }, as("identities:write"));
    expect(unknown.data).toEqual({ updateIdentity: { userErrors: [{ code: "NOT_FOUND", message: expect.any(String), path: ["input", "id"] }] } });
    const faulty = await facade.send(update, { input: { id, traits: { age: -1 } } }, as("identities:write"));
    expect(faulty.data!["updateIdentity"].userErrors.length).toBeGreaterThan(0);
    const [taken] = await createIdentities(kratos, "default", [{ email: "taken@example.com", name: { first: "canary-taken" } }]);
    const clash = await facade.send(update, { input: { id, traits: { email: "taken@example.com" } } }, as("identities:write"));
    expect(clash.data!["updateIdentity"].userErrors).toEqual([{ code: "CONFLICT", message: expect.any(String), path: ["input", "traits"] }]);
    for (const { data, errors } of [unknown, faulty, clash]) {
      expect(errors).toBeUndefined();
      expect(JSON.stringify(data)).not.toMatch(new RegExp(`canary|guarded@|${taken}`, "i"));
    }
  });

  it("without the scope to write, gets the same response whether the identity exists or not, without a request to Kratos", async () => {
    adminProxy.take();
    const mutation = (one: string) => `mutation {
      updateIdentity(input: { id: "${one}", traits: { email: "taken@example.com" } }) { userErrors { code } }
      deleteIdentity(input: { id: "${one}" }) { deletedIdentityId userErrors { code } }
      createRecoveryLink(input: { identityId: "${one}" }) { recoveryLink { url } userErrors { code } }
      createIdentity(input: { schemaId: "default", traits: { email: "taken@example.com" } }) { userErrors { code } }
    }`;
    const answers = await Promise.all([id, UNKNOWN_ID, "no uuid"].map((one) => facade.send(mutation(one), {}, as("identities:read"))));
    const withoutPlaces = answers.map(({ data, errors }) => ({ data, errors: errors?.map(({ message, path, extensions }) => ({ message, path, extensions })) }));
    expect(withoutPlaces[0]!.errors).toHaveLength(4);
    expect(withoutPlaces[1]).toEqual(withoutPlaces[0]);
    expect(withoutPlaces[2]).toEqual(withoutPlaces[0]);
    expect(adminProxy.take()).toEqual([]);
  });

  it("with the scope to delete, gets back only the ID they sent, in lower case", async () => {
    const [gone] = (await createIdentities(kratos, "default", [{ email: "gone@example.com" }])) as [string];
    const remove = `mutation ($id: ID!) { deleteIdentity(input: { id: $id }) { deletedIdentityId userErrors { code } } }`;
    const { data } = await facade.send(remove, { id: gone.toUpperCase() }, as("identities:delete"));
    expect(data).toEqual({ deleteIdentity: { deletedIdentityId: gone, userErrors: [] } });
  });

  it("with the scope for secrets, sees none without the scope to read identities", async () => {
    const { data, errors } = await facade.send(`query ($id: ID!) ${METADATA}`, { id }, as("secrets:read"));
    expect([data, errors]).toEqual([{ identity: null }, [forbidden("identities:read")]]);
  });

  it("cannot use a cursor without the scope of its list", async () => {
    const cursor = Buffer.from(id).toString("base64url");
    for (const selection of ["edges { cursor }", "pageInfo { endCursor startCursor hasNextPage }"]) {
      const { data, errors } = await facade.send(`{ identities(first: 1, after: "${cursor}") { ${selection} } }`, {}, as("secrets:read"));
      expect([data, errors]).toEqual([{ identities: null }, [forbidden("identities:read")]]);
    }
  });

  it("gets each field by its own scope", async () => {
    const query = `query ($id: ID!) { version health { alive } identity(id: $id) { id metadataAdmin } schema: identitySchema(id: "default") { id } }`;
    for (let times = 0; times < 4; times++) {
      const { data, errors } = await facade.send(query, { id }, as("identities:read"));
      expect(data).toEqual({ version: null, health: null, identity: { id, metadataAdmin: null }, schema: { id: "default" } });
      expect(errors).toHaveLength(3);
      expect(errors).toEqual(expect.arrayContaining([forbidden("system:read"), forbidden("secrets:read")]));
    }
  });
});

describe("earlier requests of other callers grant no access:", () => {
  const query = `query ($id: ID!) ${METADATA}`;

  it("a compiled query checks the scopes of each caller", async () => {
    for (let times = 0; times < USES_BEFORE_COMPILATION + 2; times++) expect((await facade.send(query, { id }, as(EVERYTHING))).errors).toBeUndefined();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => facade.send(query, { id }, as(at % 2 ? EVERYTHING : "identities:read"))),
    );
    for (const [at, { data, errors }] of answers.entries()) {
      expect(data).toEqual({ identity: { metadataAdmin: at % 2 ? { note: "canary-admin" } : null } });
      expect(errors).toEqual(at % 2 ? undefined : [forbidden("secrets:read")]);
    }
  });

  it("a persisted query runs with the scopes of the caller who sends its hash", async () => {
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash("sha256").update(query).digest("hex") } };
    expect((await post({ query, variables: { id }, extensions }, EVERYTHING)).errors).toBeUndefined();
    for (let times = 0; times < 4; times++) {
      const { data, errors } = await post({ variables: { id }, extensions }, "identities:read");
      expect([data, errors]).toEqual([{ identity: { metadataAdmin: null } }, [forbidden("secrets:read")]]);
    }
    const search = new URLSearchParams({ variables: JSON.stringify({ id }), extensions: JSON.stringify(extensions) });
    const headers = { "apollo-require-preflight": "yes", ...as("identities:read") };
    const { data, errors } = (await (await fetch(`${facade.url}/graphql?${search}`, { headers })).json()) as any;
    expect([data, errors]).toEqual([{ identity: { metadataAdmin: null } }, [forbidden("secrets:read")]]);
  });

  it("each operation of an array is checked by itself", async () => {
    const remove = `mutation { deleteIdentity(input: { id: "${id}" }) { deletedIdentityId } }`;
    const answers = await post([{ query, variables: { id } }, { query: remove }, { query: "{ version }" }], "identities:read");
    expect(answers).toEqual([
      { data: { identity: { metadataAdmin: null } }, errors: [forbidden("secrets:read")] },
      { data: { deleteIdentity: null }, errors: [forbidden("identities:delete")] },
      { data: { version: null }, errors: [forbidden("system:read")] },
    ]);
    expect((await readIdentity(kratos, id)).id).toBe(id);
  });

  it("the operation that runs is checked, in a document with several", async () => {
    const document = `query Mild { __typename } query Wild { identity(id: "${id}") { metadataAdmin } }`;
    for (let times = 0; times < 4; times++) {
      expect((await post({ query: document, operationName: "Mild" }, "identities:read")).data).toEqual({ __typename: "Query" });
      expect((await post({ query: document, operationName: "Wild" }, "identities:read")).errors).toEqual([forbidden("secrets:read")]);
    }
  });

  it("the result of a mutation is guarded in the rest of the request", async () => {
    const update = `mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { id metadataAdmin schema { id } } } }`;
    const { data, errors } = await facade.send(update, { input: { id, traits: { email: "guarded@example.com" } } }, as(EVERYTHING));
    expect([data!["updateIdentity"].identity, errors]).toEqual([{ id, metadataAdmin: { note: "canary-admin" }, schema: { id: "default" } }, undefined]);
  });
});

it("nothing in the request but its token grants scopes", async () => {
  const everything = SCOPES.join(" ");
  const body = { query: "{ version }", variables: { scopes: SCOPES }, extensions: { caller: { scopes: SCOPES } }, scopes: SCOPES, caller: "anybody" };
  const headers = { "content-type": "application/json", ...as("flows:read"), "x-scopes": everything, "x-kratos-graphql-scopes": everything, "x-caller": "anybody", cookie: `scope=${everything}` };
  const answer = await fetch(`${facade.url}/graphql?scope=${everything}`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(await answer.json()).toEqual({ data: { version: null }, errors: [forbidden("system:read")] });
});

it("an error in any field of Query leaves its neighbours alone, as all of them are nullable, except those that federation defines", () => {
  const fields = Object.values(buildFacadeSchema().schema.getQueryType()!.getFields());
  expect(fields.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual(["_entities", "_service"]);
});

it("the SDL stays forbidden in a query named like an introspection query, and in a fragment", async () => {
  for (const query of ["{ _service { sdl } }", "query IntrospectionQuery { _service { sdl } }", "{ ... on Query { _service { sdl } } }"]) {
    const { data, errors } = await facade.send(query, {}, as("identities:read"));
    expect([data, errors]).toEqual([{ _service: { sdl: null } }, [forbidden("system:read")]]);
  }
});
