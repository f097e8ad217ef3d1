import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Scope } from "../../src/graphql/scopes.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { SAMPLE_TRAITS, startFakeKratos } from "../fake-kratos/index.js";
import { createIdentities, readIdentity, signUp, startApiFlow } from "../support/kratos-api.js";
import { captureLog } from "../support/logs.js";
import { codeOf, dataOf, useRecordedFacade } from "../support/use-facade.js";

const READS: Scope[] = ["identities:read", "sessions:read", "flows:read"];
const clerk = createApiKey("clerk", [...READS, "identities:write"]);
const officer = createApiKey("officer", [...READS, "identities:write", "secrets:read"]);
const reader = createApiKey("reader", READS);
const writer = createApiKey("writer", ["identities:write"]);
const as = ({ key }: { readonly key: string }) => ({ authorization: `Bearer ${key}` });
const CLERK = as(clerk);
const OFFICER = as(officer);
const READER = as(reader);
const WRITER = as(writer);

const log = captureLog();

const traits = { schemas: SAMPLE_TRAITS, trustsSchema: false };

const PERSON = "personTraits { email name { first last } age tags }";

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("before a Kratos %s", (version) => {
  const { kratos, facade, adminProxy } = useRecordedFacade(() => startFakeKratos({ version, sampleIdentities: false }), {
    authentication: { apiKeys: parseApiKeys([clerk, officer, reader, writer].map(({ line }) => line).join(";")), sessions: {} },
    traitsMask: ["email", "name.last", "tags"],
    auditLogger: log.logger,
    traits,
  });
  const isNew = version === "v26.2.0";
  const SHOWN = { personTraits: { email: null, name: { first: "Ann", last: null }, age: 30, tags: null } };
  let id: string;
  let email: string;
  let all: object;

  beforeEach(async () => {
    email = `secret-${randomUUID()}@example.com`;
    all = { email, name: { first: "Ann", last: "Secret" }, age: 30, tags: ["secret-tag"] };
    [id] = (await createIdentities(kratos, "default", [all])) as [string];
    log.lines.length = 0;
    adminProxy.take();
  });

  const stored = async () => (await readIdentity(kratos, id)).traits;

  it("hides a masked trait on every typed path, and shows it to callers with secrets:read", async () => {
    const byIdentifier = isNew ? `byIdentifier: identityByIdentifier(identifier: $email) { ${PERSON} }` : "";
    const query = `query ($id: ID!, $of: [_Any!]!${isNew ? ", $email: String!" : ""}) {
      identity(id: $id) { ${PERSON} ...Alias }
      identities(first: 250) { edges { node { id ${PERSON} } } }
      _entities(representations: $of) { ... on Identity { ${PERSON} } }
      ${byIdentifier}
    }
    fragment Alias on Identity { personTraits { mail: email name { family: last } } }`;
    const variables = { id, email, of: [{ __typename: "Identity", id }] };
    // Later requests run compiled.
    for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
      const data = dataOf(await facade.send(query, variables, CLERK));
      expect(data["identity"]).toEqual({ personTraits: { ...SHOWN.personTraits, mail: null, name: { first: "Ann", last: null, family: null } } });
      expect(data["_entities"]).toEqual([SHOWN]);
      expect(data["identities"].edges).toContainEqual({ node: { id, ...SHOWN } });
      if (isNew) expect(data["byIdentifier"]).toEqual(SHOWN);
      expect(JSON.stringify(data)).not.toMatch(/secret/i);
      await sleep(1);
    }
    const data = dataOf(await facade.send(query, variables, OFFICER));
    expect(data["_entities"]).toEqual([{ personTraits: all }]);
    expect(data["identities"].edges).toContainEqual({ node: { id, personTraits: all } });
  });

  it("hides it in sessions and settings forms, but not from the user whose it is", async () => {
    const user = await signUp(kratos, { email: `own-${email}`, name: { first: "Ann", last: "Secret" }, age: 30 });
    const flow = await startApiFlow(kratos, "settings", user.sessionToken);
    const query = `query ($id: ID!, $token: String) { settingsFlow(id: $id, sessionToken: $token) { identity { ${PERSON} } } }`;
    expect(dataOf(await facade.send(query, { id: flow.id, token: user.sessionToken }, CLERK))["settingsFlow"].identity).toEqual(SHOWN);
    const sessions = `query ($id: ID!) { identity(id: $id) { sessions(first: 1) { edges { node { identity { ${PERSON} } } } } } }`;
    const { data } = await facade.send(sessions, { id: user.identityId }, CLERK);
    if (isNew) expect(data!["identity"].sessions.edges).toEqual([{ node: { identity: SHOWN } }]);
    const viewer = dataOf(await facade.send(`{ viewer { identity { ${PERSON} } } }`, {}, { "x-session-token": user.sessionToken }));
    expect(viewer["viewer"].identity.personTraits).toMatchObject({ email: `own-${email}`, name: { last: "Secret" } });
  });

  const mutate = (mutation: string, input: object, who: Record<string, string>) => {
    const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Input`;
    return facade.send(`mutation ($input: ${type}!) { ${mutation}(input: $input) { identity { ${PERSON} } userErrors { code message path } } }`, { input }, who);
  };

  it("hides masked traits in payloads, even those that the caller sent", async () => {
    const typedTraits = { personTraits: { email: `mine-${email}`, name: { first: "Ann", last: "Own" }, age: 30 } };
    expect(dataOf(await mutate("createIdentity", { typedTraits }, CLERK))["createIdentity"]).toEqual({ identity: SHOWN, userErrors: [] });
  });

  it.each<[string, string, object]>([
    ["replaces all", "updateIdentity", { email: "guess@example.com" }],
    ["sets one", "patchIdentity", { email: "guess@example.com" }],
    ["removes one", "patchIdentity", { tags: null }],
    ["sets a nested one", "patchIdentity", { name: { last: "Guess" } }],
    ["removes what one is in", "patchIdentity", { name: null, age: 31 }],
    ["is invalid, too", "patchIdentity", { email: "x", age: -1 }],
  ])("does not let a caller replace hidden traits: a change that %s is not sent", async (_, mutation, personTraits) => {
    const before = await stored();
    const { data, errors } = await mutate(mutation, { id, typedTraits: { personTraits } }, CLERK);
    expect(data).toEqual({ [mutation]: null });
    expect(errors).toMatchObject([{ message: expect.stringContaining("hidden from you"), extensions: { code: "FORBIDDEN", requiredScope: "secrets:read" } }]);
    expect(await stored()).toEqual(before);
    expect(adminProxy.take().filter(({ method }) => method !== "GET")).toEqual([]);
    expect(log.entries().filter(({ audit }) => audit)).toMatchObject([{ caller: "key:clerk", mutation, identityId: id, outcome: "NOT_SENT", codes: ["FORBIDDEN"] }]);
  });

  it("lets a caller merge the typed traits that are not hidden, and learn nothing of the others from errors", async () => {
    const before = await stored();
    const personTraits = { age: 31, name: { first: "Anna" } };
    const { data, errors } = await mutate("patchIdentity", { id, typedTraits: { personTraits } }, CLERK);
    expect(errors).toBeUndefined();
    if (!isNew) return expect(data!["patchIdentity"].userErrors).toMatchObject([{ code: "UNSUPPORTED" }]);
    expect(data!["patchIdentity"]).toEqual({ identity: { personTraits: { ...SHOWN.personTraits, age: 31, name: { first: "Anna", last: null } } }, userErrors: [] });
    expect(await stored()).toEqual({ ...before, age: 31, name: { first: "Anna", last: "Secret" } });
    const invalid = await mutate("patchIdentity", { id, schemaId: "device", typedTraits: { deviceTraits: { model: "M" } } }, CLERK);
    expect(dataOf(invalid)["patchIdentity"].userErrors.length).toBeGreaterThan(0);
    expect(JSON.stringify(invalid)).not.toMatch(/secret/i);
  });

  it("checks the scope before it looks at typed traits, and records what it refuses before Kratos is asked", async () => {
    const invalid = { personTraits: { email: "x" } };
    for (const [mutation, input] of [["createIdentity", {}], ["updateIdentity", { id }], ["patchIdentity", { id }]] as const) {
      for (const typedTraits of [invalid, { personTraits: { email: "a@example.com" } }]) {
        const { data, errors } = await mutate(mutation, { ...input, typedTraits }, READER);
        expect(data).toEqual({ [mutation]: null });
        expect(errors).toMatchObject([{ extensions: { code: "FORBIDDEN", requiredScope: "identities:write" } }]);
      }
      if (mutation === "patchIdentity" && !isNew) continue;
      log.lines.length = 0;
      expect(dataOf(await mutate(mutation, { ...input, typedTraits: invalid }, OFFICER))[mutation].userErrors).toMatchObject([{ code: "INVALID" }]);
      expect(log.entries().filter(({ audit }) => audit)).toMatchObject([{ caller: "key:officer", mutation, outcome: "NOT_SENT", codes: ["INVALID"] }]);
    }
    expect(adminProxy.take().filter(({ method }) => method !== "GET")).toEqual([]);
    expect(log.lines.join()).not.toContain('"x"');
  });

  it("returns typed traits only to callers who may read identities", async () => {
    const typedTraits = { personTraits: { email: `mine-${email}` } };
    const { data, errors } = await mutate("createIdentity", { typedTraits }, WRITER);
    expect(data!["createIdentity"]).toEqual({ identity: null, userErrors: [] });
    expect(errors).toMatchObject([{ path: ["createIdentity", "identity"], extensions: { code: "FORBIDDEN", requiredScope: "identities:read" } }]);
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { ${PERSON} } } }`;
    for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
      const reply = await facade.send(query, { of: [{ __typename: "Identity", id }] }, WRITER);
      expect([codeOf(reply), reply.data]).toEqual(["FORBIDDEN", { _entities: [null] }]);
    }
    for (const read of [`identity(id: "${id}")`, "identities { edges { node", `identityByIdentifier(identifier: "${email}")`]) {
      const reply = await facade.send(`{ ${read} { ${PERSON} }${read.includes("edges") ? " } }" : ""} }`, {}, WRITER);
      expect(codeOf(reply)).toBe("FORBIDDEN");
      expect(JSON.stringify(reply)).not.toContain("secret-");
    }
  });
});
