import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeKratos } from "../fake-kratos/index.js";
import type { Scope } from "../../src/graphql/scopes.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { captureLog } from "../support/logs.js";
import { createIdentities, createIdentity, readIdentity, signUp, startApiFlow } from "../support/kratos-api.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, useFacade } from "../support/use-facade.js";

const READS: Scope[] = ["identities:read", "identities:write", "flows:read"];
const clerk = createApiKey("clerk", READS);
const officer = createApiKey("officer", [...READS, "secrets:read"]);
const authentication = { apiKeys: parseApiKeys(`${clerk.line};${officer.line}`) };
const CLERK = { authorization: `Bearer ${clerk.key}` };
const OFFICER = { authorization: `Bearer ${officer.key}` };

const log = captureLog();

const PARTS = "traits verifiableAddresses { value } recoveryAddresses { value }";
const UPDATE = `mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { ${PARTS} } userErrors { code message path } } }`;

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("before a Kratos %s", (version) => {
  const { kratos, facade } = useFacade(() => startFakeKratos({ version, sampleIdentities: false }), {
    authentication,
    traitsMask: ["email", "name.last", "tags", "shoe.size"],
    auditLogger: log.logger,
  });
  let id: string;
  let email: string;

  beforeEach(async () => {
    email = `secret-${randomUUID()}@example.com`;
    [id] = (await createIdentities(kratos, "default", [{ email, name: { first: "Ann", last: "Secret" }, age: 30, tags: ["secret-tag"] }])) as [string];
  });

  const stored = async () => (await readIdentity(kratos, id)).traits;

  it("hides a masked trait on every path, and shows it to callers with secrets:read", async () => {
    const query = `query ($id: ID!, $of: [_Any!]!) {
      identity(id: $id) { ${PARTS} }
      identities(first: 250) { edges { node { id ${PARTS} } } }
      _entities(representations: $of) { ... on Identity { ${PARTS} } }
    }`;
    const variables = { id, of: [{ __typename: "Identity", id }] };
    const shown = { traits: { name: { first: "Ann" }, age: 30 }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] };
    // Later requests run compiled.
    for (let time = 0; time < USES_BEFORE_COMPILATION + 2; time++) {
      const data = dataOf(await facade.send(query, variables, CLERK));
      expect(data["identity"]).toEqual(shown);
      expect(data["_entities"]).toEqual([shown]);
      expect(data["identities"].edges).toContainEqual({ node: { id, ...shown } });
      expect(JSON.stringify(data)).not.toMatch(/secret/i);
      await sleep(1);
    }
    const all = dataOf(await facade.send(query, variables, OFFICER));
    for (const one of [all["identity"], all["_entities"][0]]) {
      expect(one).toEqual({ traits: await stored(), verifiableAddresses: [{ value: email }], recoveryAddresses: [{ value: email }] });
    }
  });

  it("hides the identifiers of credentials, but not the provider of an account", async () => {
    if (version !== "v26.2.0") return;
    const oidc = { config: { providers: [{ provider: "google", subject: `secret:${randomUUID()}` }] } };
    const password = { config: { password: "cJ7-zt-Qq9mb-wv3" } };
    const { id } = await createIdentity(kratos, { schema_id: "default", traits: { email: `secret-${randomUUID()}@example.com` }, credentials: { oidc, password } });
    const CREDENTIALS = "credentials { type identifiers providers { provider subject } }";
    const query = `query ($id: ID!) { identity(id: $id) { ${CREDENTIALS} } identities(first: 250) { edges { node { id ${CREDENTIALS} } } } }`;
    const credentials = [
      { type: "oidc", identifiers: ["google:***"], providers: [{ provider: "google", subject: "***" }] },
      { type: "password", identifiers: ["***"], providers: [] },
    ];
    const data = dataOf(await facade.send(query, { id }, CLERK));
    expect(data["identity"]).toEqual({ credentials });
    expect(data["identities"].edges).toContainEqual({ node: { id, credentials } });
    const update = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { ${CREDENTIALS} } } }`;
    const created = dataOf(await facade.send(update, { input: { schemaId: "default", traits: { email: `mine-${randomUUID()}@example.com` }, credentials: { password: password.config } } }, CLERK));
    expect(created["createIdentity"]).toEqual({ identity: { credentials: [credentials[1]] } });
    expect(JSON.stringify(dataOf(await facade.send(query, { id }, OFFICER))["identity"])).toContain(oidc.config.providers[0]!.subject);
  });

  it("hides masked traits in payloads, even those that the caller sent", async () => {
    const create = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { ${PARTS} } userErrors { code } } }`;
    const input = { schemaId: "default", traits: { email: `Mine-${email}`, name: { last: "Own" } } };
    expect(dataOf(await facade.send(create, { input }, CLERK))["createIdentity"]).toEqual({
      identity: { traits: { name: {} }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] },
      userErrors: [],
    });
  });

  it("does not let a caller replace traits that are hidden from them", async () => {
    const before = await stored();
    for (const traits of [{ name: { first: "Eve" }, age: 31 }, { email: `new-${email}`, name: { last: "Anew" } }, { constructor: 1 }, {}]) {
      const { data, errors } = await facade.send(UPDATE, { input: { id, traits } }, CLERK);
      expect(data).toEqual({ updateIdentity: null });
      expect(errors).toMatchObject([{ message: expect.stringContaining("hidden from you"), extensions: { code: "FORBIDDEN", requiredScope: "secrets:read" } }]);
      expect(errors![0]!.message).toContain("patchIdentity");
    }
    expect(await stored()).toEqual(before);
  });

  it("does not let a caller guess a hidden address by its start", async () => {
    const list = "query ($filter: IdentityFilter) { identities(filter: $filter) { edges { node { id } } pageInfo { hasNextPage } } }";
    const { data, errors } = await facade.send(list, { filter: { identifierPrefix: email.slice(0, 12) } }, CLERK);
    expect(data).toEqual({ identities: null });
    expect(errors).toMatchObject([{ message: expect.stringContaining("could reveal traits that are hidden from you"), extensions: { code: "FORBIDDEN", requiredScope: "secrets:read" } }]);
    const all = await facade.send(list, { filter: { identifierPrefix: email.slice(0, 12) } }, OFFICER);
    if (version === "v26.2.0") expect(dataOf(all)["identities"].edges).toEqual([{ node: { id } }]);
    else expect(codeOf(all)).toBe("UNSUPPORTED_BY_KRATOS");
  });

  it("lets a caller find the identity of an address that they know, without what is hidden", async () => {
    const find = `query ($identifier: String!) { identityByIdentifier(identifier: $identifier) { ${PARTS} } identities(filter: { identifier: $identifier }) { edges { node { ${PARTS} } } } }`;
    const shown = { traits: { name: { first: "Ann" }, age: 30 }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] };
    const { data, errors } = await facade.send(find, { identifier: email }, CLERK);
    if (version === "v26.2.0") expect(data).toEqual({ identityByIdentifier: shown, identities: { edges: [{ node: shown }] } });
    else expect(errors!.map(({ extensions }) => extensions!["code"])).toEqual(Array(2).fill("UNSUPPORTED_BY_KRATOS"));
  });

  it("has an audit line for such an update, which was not sent", async () => {
    log.lines.length = 0;
    await facade.send(UPDATE, { input: { id, traits: {} } }, CLERK);
    expect(log.entries().filter(({ audit }) => audit)).toMatchObject([{ caller: "key:clerk", mutation: "updateIdentity", identityId: id, outcome: "NOT_SENT", codes: ["FORBIDDEN"] }]);
  });

  it("lets a caller with secrets:read remove traits by leaving them out", async () => {
    expect(dataOf(await facade.send(UPDATE, { input: { id, traits: { email } } }, OFFICER))["updateIdentity"].identity.traits).toEqual({ email });
    expect(await stored()).toEqual({ email });
  });

  describe("in a patch", () => {
    const PATCH = `mutation ($input: PatchIdentityInput!) { patchIdentity(input: $input) { identity { ${PARTS} } userErrors { code message path } } }`;
    const patch = (input: object, who: typeof CLERK) => facade.send(PATCH, { input: { id, ...input } }, who);
    const forbidden = (of: string) => [{ message: expect.stringContaining(of), extensions: { code: "FORBIDDEN", requiredScope: "secrets:read" } }];

    it.each<[string, object]>([
      ["sets one", { merge: { email: "guess@example.com" } }],
      ["removes one", { merge: { tags: null } }],
      ["sets a nested one", { merge: { name: { last: "Guess" } } }],
      ["replaces what one is in", { merge: { name: "Ann" } }],
      ["removes what one is in", { merge: { name: null, age: 31 } }],
      ["replaces all", { replace: { age: 31 } }],
    ])("does not let a caller replace hidden traits: a patch that %s is not sent", async (_, traits) => {
      const before = await stored();
      const { data, errors } = await patch({ traits }, CLERK);
      expect([data, errors]).toMatchObject([{ patchIdentity: null }, forbidden("hidden from you")]);
      expect(await stored()).toEqual(before);
    });

    it("lets a caller merge the traits that are not hidden", async () => {
      const before = await stored();
      const { data, errors } = await patch({ traits: { merge: { age: 31, name: { first: "Anna" } } } }, CLERK);
      expect(errors).toBeUndefined();
      if (version === "v0.6.3-alpha.1") return expect(data!["patchIdentity"].userErrors).toMatchObject([{ code: "UNSUPPORTED" }]);
      expect(data).toMatchObject({ patchIdentity: { identity: { traits: { name: { first: "Anna" }, age: 31 } }, userErrors: [] } });
      expect(JSON.stringify(data)).not.toMatch(/secret/i);
      expect(await stored()).toEqual({ ...before, age: 31, name: { first: "Anna", last: "Secret" } });
    });

    it("reveals nothing of traits that do not match another schema", async () => {
      if (version === "v0.6.3-alpha.1") return;
      const { data } = await patch({ schemaId: "device" }, CLERK);
      expect(data!["patchIdentity"].userErrors.length).toBeGreaterThan(2);
      expect(JSON.stringify(data)).not.toMatch(/secret/i);
    });

    it("may not set admin metadata, not even to null", async () => {
      for (const metadataAdmin of [{ note: 1 }, null]) {
        expect((await patch({ metadataAdmin }, CLERK)).errors).toMatchObject(forbidden("Writing metadataAdmin"));
      }
    });

    it("may not find out by verifyAddress which address an identity has", async () => {
      const verify = "mutation ($input: VerifyAddressInput!) { verifyAddress(input: $input) { userErrors { code } } }";
      for (const address of [email, "other@example.com"]) {
        const { data, errors } = await facade.send(verify, { input: { identityId: id, address } }, CLERK);
        expect([data, errors]).toMatchObject([{ verifyAddress: null }, forbidden("hidden from you")]);
      }
    });
  });

  it("hides them in a settings form and its identity", async () => {
    const user = await signUp(kratos, { email: `own-${email}`, name: { first: "Ann", last: "Secret" } });
    const flow = await startApiFlow(kratos, "settings", user.sessionToken);
    const query = `query ($id: ID!, $token: String) {
      settingsFlow(id: $id, sessionToken: $token) { identity { ${PARTS} } ui { nodes { attributes { ... on UiNodeInputAttributes { name value } } } } }
    }`;
    const read = async (who: typeof CLERK) => dataOf(await facade.send(query, { id: flow.id, token: user.sessionToken }, who))["settingsFlow"];
    expect(JSON.stringify(await read(CLERK))).not.toMatch(/secret-|"Secret"/);
    expect(JSON.stringify(await read(OFFICER))).toMatch(/secret-.*"Secret"/);
  });
});

describe("the addresses of an identity", () => {
  const ID = "11111111-1111-4111-8111-111111111111";
  const address = (value: string) => ({ id: ID, value, via: "email", verified: true, status: "completed" });
  let identity: object;
  const { facade } = useFacade(() => startScriptedKratos("v26.2.0", (_, path) => (path.includes("identities") ? { json: identity } : undefined)), {
    authentication,
    traitsMask: ["email", "name", "phones.number", "no.such.trait", "nick.no.object"],
  });

  // Go and JavaScript fold the first ones differently.
  it.each(["İ@x.io", "ΟΔΟΣ@x.io", "a@x.io\u0085", "ＡＮＮ@x.io", "ann+1@x.io"])("are hidden however Kratos normalizes %j", async (email) => {
    identity = {
      ...{ id: ID, schema_id: "default", schema_url: "http://x/" },
      traits: { email, nick: "ann", phones: [{ number: "1", kind: "home" }, "other"] },
      verifiable_addresses: [address(email.toLowerCase()), address("i\u0307@x.io")],
      recovery_addresses: [address(email), address("of no trait")],
    };
    const query = `query ($id: ID!) { identity(id: $id) { ${PARTS} } }`;
    const hidden = [{ value: "***" }, { value: "***" }];
    expect(dataOf(await facade.send(query, { id: ID }, CLERK))["identity"]).toEqual({
      traits: { nick: "ann", phones: [{ kind: "home" }, "other"] },
      ...{ verifiableAddresses: hidden, recoveryAddresses: hidden },
    });
    expect(dataOf(await facade.send(query, { id: ID }, OFFICER))["identity"].recoveryAddresses).toEqual([{ value: email }, { value: "of no trait" }]);
  });
});
