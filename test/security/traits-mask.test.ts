import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { startFakeKratos } from "../fake-kratos/index.js";
import type { Scope } from "../../src/graphql/scopes.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { createIdentities, readIdentity, signUp, startApiFlow } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { dataOf, startFacade, useFacade, type FacadeUnderTest } from "../support/use-facade.js";

const READS: Scope[] = ["identities:read", "identities:write", "flows:read"];
const clerk = createApiKey("clerk", READS);
const officer = createApiKey("officer", [...READS, "secrets:read"]);
const authentication = { apiKeys: parseApiKeys(`${clerk.line};${officer.line}`) };
const CLERK = { authorization: `Bearer ${clerk.key}` };
const OFFICER = { authorization: `Bearer ${officer.key}` };

const ADDRESSES = "verifiableAddresses { value } recoveryAddresses { value }";
const UPDATE = `mutation ($input: UpdateIdentityInput!) { updateIdentity(input: $input) { identity { traits ${ADDRESSES} } userErrors { code message path } } }`;
const FLOW = `fragment Form on SelfServiceFlow {
  requestUrl returnTo
  ui { messages { text context } nodes { messages { text context } attributes { ... on UiNodeInputAttributes { name value } } } }
}`;

const change = async (facade: FacadeUnderTest, input: object, who = CLERK) => dataOf(await facade.send(UPDATE, { input }, who))["updateIdentity"];

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("before a Kratos %s", (version) => {
  const { kratos, facade } = useFacade(() => startFakeKratos({ version, sampleIdentities: false }), {
    authentication,
    traitsMask: ["email", "name.last", "tags", "shoe.size"],
  });
  let id: string;
  let email: string;

  beforeEach(async () => {
    email = `secret-${randomUUID()}@example.com`;
    [id] = (await createIdentities(kratos, "default", [{ email, name: { first: "Ann", last: "Secret" }, age: 30, tags: ["secret-tag"] }])) as [string];
  });

  const stored = async () => (await readIdentity(kratos, id)).traits;

  it("hides a masked trait on every path, and shows it to callers with secrets:read", async () => {
    const parts = `traits ${ADDRESSES}`;
    const query = `query ($id: ID!, $of: [_Any!]!) {
      identity(id: $id) { ${parts} }
      identities(first: 250) { edges { node { id ${parts} } } }
      _entities(representations: $of) { ... on Identity { ${parts} } }
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

  it("hides masked traits in payloads, even those that the caller sent", async () => {
    const create = `mutation ($input: CreateIdentityInput!) { createIdentity(input: $input) { identity { traits ${ADDRESSES} } userErrors { code } } }`;
    const input = { schemaId: "default", traits: { email: `Mine-${email}`, name: { last: "Own" } } };
    expect(dataOf(await facade.send(create, { input }, CLERK))["createIdentity"]).toEqual({
      identity: { traits: { name: {} }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] },
      userErrors: [],
    });
  });

  it("keeps hidden traits in an update", async () => {
    const shown = { traits: { name: { first: "Eve" }, age: 31 }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] };
    expect(await change(facade, { id, traits: { name: { first: "Eve" }, age: 31 } })).toEqual({ identity: shown, userErrors: [] });
    expect(await stored()).toEqual({ email, name: { first: "Eve", last: "Secret" }, age: 31, tags: ["secret-tag"] });
    for (const traits of [{ age: 1 }, { age: 1, name: null }, { age: 1, email: null, tags: null, name: { last: null } }]) {
      expect((await change(facade, { id, traits })).userErrors).toEqual([]);
      expect(await stored()).toEqual({ email, name: { last: "Secret" }, age: 1, tags: ["secret-tag"] });
    }
  });

  it("lets a caller overwrite hidden traits", async () => {
    const traits = { email: `new-${email}`, name: { first: "Ann", last: "Anew" }, age: 30, tags: [] };
    expect((await change(facade, { id, traits })).userErrors).toEqual([]);
    expect(await stored()).toEqual(traits);
  });

  it("lets a caller with secrets:read remove traits by leaving them out", async () => {
    expect((await change(facade, { id, traits: { email } }, OFFICER)).identity.traits).toEqual({ email });
    expect(await stored()).toEqual({ email });
  });

  it("reveals nothing of a hidden trait in user errors", async () => {
    const [other] = [`other-${email}`];
    await createIdentities(kratos, "default", [{ email: other }]);
    const replies = [
      await change(facade, { id, traits: { age: -1 } }),
      await change(facade, { id, traits: { email: other } }),
      await change(facade, { id, schemaId: "device", traits: { serial: `DEV-${Date.now()}` } }),
      await change(facade, { id, schemaId: "no such", traits: {} }),
    ];
    expect(replies.map(({ userErrors }) => userErrors[0].code)).toEqual(["INVALID", "CONFLICT", "INVALID", "INVALID"]);
    expect(replies[0].userErrors).toEqual([{ code: "INVALID", message: "must be >= 0 but found -1", path: ["input", "traits", "age"] }]);
    expect(replies[2].userErrors).toContainEqual({
      code: "INVALID",
      message: "The value is invalid. The reason is hidden from you.",
      path: ["input", "traits", "email"],
    });
    expect(JSON.stringify(replies)).not.toMatch(/secret-/);
    expect(await stored()).toMatchObject({ email, age: 30 });
  });

  it("hides masked values in a settings form", async () => {
    const user = await signUp(kratos, { email: `own-${email}`, name: { first: "Ann", last: "Secret" } });
    const flow = await startApiFlow(kratos, "settings", user.sessionToken);
    const query = `query ($id: ID!, $token: String) { settingsFlow(id: $id, sessionToken: $token) { ...Form identity { traits } } } ${FLOW}`;
    const read = async (who: typeof CLERK) => {
      const { settingsFlow } = dataOf(await facade.send(query, { id: flow.id, token: user.sessionToken }, who));
      const values = settingsFlow.ui.nodes.map(({ attributes: { name, value } }: any) => [name, value]);
      return { text: JSON.stringify(settingsFlow), values: Object.fromEntries(values) };
    };
    for (let time = 0; time < 4; time++) {
      const { text, values } = await read(CLERK);
      expect(values).toMatchObject({ "traits.email": "***", "traits.name.first": "Ann", "traits.name.last": "***" });
      expect(text).not.toMatch(/secret-|"Secret"/);
      await sleep(1);
    }
    expect((await read(OFFICER)).values).toMatchObject({ "traits.email": `own-${email}`, "traits.name.last": "Secret" });
  });
});

describe("an update of a list with hidden values", () => {
  const ID = "11111111-1111-4111-8111-111111111111";
  const contacts = () => [
    { kind: "home", phone: "111-hidden", notes: [{ text: "n1-hidden", at: 1 }] },
    { kind: "work", phone: "222-hidden" },
    { kind: "work" },
  ];
  const seen = () => [{ kind: "home", notes: [{ at: 1 }] }, { kind: "work" }, { kind: "work" }];
  let facade: FacadeUnderTest;
  let traits: any;
  let refusal: string | undefined;

  function respond(request: IncomingMessage, path: string): Scripted | undefined {
    if (!path.endsWith(ID)) return undefined;
    const identity = { id: ID, schema_id: "default", schema_url: "http://x/schemas/default", traits };
    if (request.method === "GET") return { json: identity };
    if (refusal) return { status: 400, json: { error: { code: 400, reason: refusal } } };
    request.on("data", (chunk: Buffer) => {
      const body = JSON.parse(chunk.toString());
      traits = Array.isArray(body) ? body[0].value : body.traits;
    });
    return { json: identity };
  }

  async function serveLists(version: string) {
    const kratos = await stopAfterTest(startScriptedKratos(version, respond));
    facade = await startFacade(kratos, { authentication, traitsMask: ["contacts.phone", "contacts.notes.text"] });
  }

  beforeEach(() => {
    traits = { contacts: contacts(), nick: "a" };
    refusal = undefined;
  });

  const refused = { identity: null, userErrors: [{ code: "INVALID", message: expect.stringContaining("hidden from you"), path: ["input", "traits", "contacts"] }] };

  describe.each(["v0.10.1", "v26.2.0"])("before a Kratos %s", (version) => {
    beforeEach(() => serveLists(version));

    it("keeps them if the list is unchanged", async () => {
      const { identity, userErrors } = await change(facade, { id: ID, traits: { contacts: seen(), nick: "b" } });
      expect(userErrors).toEqual([]);
      expect(JSON.stringify(identity)).not.toContain("hidden");
      expect(traits).toEqual({ contacts: contacts(), nick: "b" });
    });

    it("accepts new values for them", async () => {
      const given = seen().map((contact, at) => (at === 1 ? { ...contact, phone: "999" } : contact));
      expect((await change(facade, { id: ID, traits: { contacts: given } })).userErrors).toEqual([]);
      expect(traits.contacts.map(({ phone }: any) => phone)).toEqual(["111-hidden", "999", undefined]);
    });

    it.each([
      ["in another order", () => seen().reverse()],
      ["with one entry fewer", () => seen().slice(1)],
      ["with an extra entry", () => [...seen(), { kind: "new" }]],
      ["with an entry changed", () => seen().map((contact) => ({ ...contact, kind: "home" }))],
      ["as another type", () => "none"],
      ["left out", () => undefined],
    ])("is rejected %s, so that no entry gets the value of another, and none is lost", async (_, given) => {
      expect(await change(facade, { id: ID, traits: { contacts: given(), nick: "b" } })).toEqual(refused);
      expect(traits).toEqual({ contacts: contacts(), nick: "a" });
    });

    it("may change a list without hidden values in any way", async () => {
      traits = { contacts: [{ kind: "a" }, { kind: "b" }] };
      expect((await change(facade, { id: ID, traits: { contacts: [{ kind: "b" }] } })).userErrors).toEqual([]);
      expect(traits).toEqual({ contacts: [{ kind: "b" }] });
    });
  });

  it("does not reveal them in messages of Kratos", async () => {
    await serveLists("v26.2.0");
    refusal = 'I[#/traits/contacts/0/phone] S[#/x] does not match "111-hidden"\nI[#/traits/nick] S[#/x] must differ from 222-hidden\nI[#/traits/nick] S[#/x] too short';
    const { userErrors } = await change(facade, { id: ID, traits: { contacts: seen(), nick: "b" } });
    const concealed = "The value is invalid. The reason is hidden from you.";
    expect(userErrors).toEqual([
      { code: "INVALID", message: concealed, path: ["input", "traits", "contacts", "0", "phone"] },
      { code: "INVALID", message: concealed, path: ["input", "traits", "nick"] },
      { code: "INVALID", message: "too short", path: ["input", "traits", "nick"] },
    ]);
  });
});

describe("a flow with a masked trait in its texts", () => {
  const ID = "22222222-2222-4222-8222-222222222222";
  const address = "Ann.Secret@example.com";
  const text = { id: 1, type: "info", text: `A mail is on its way to ann.secret@example.com.`, context: { to: [address] } };
  const input = (name: string, value: unknown, context = {}) => ({
    type: "input",
    group: "default",
    attributes: { name, type: "text", value },
    messages: [text],
    meta: { label: { id: 2, type: "info", text: "Label", context } },
  });
  const flow = (nodes: object[], identity?: object) => ({
    id: ID,
    type: "browser",
    issued_at: "2026-01-01T00:00:00Z",
    expires_at: "2026-01-02T00:00:00Z",
    request_url: `http://x/?login_hint=${encodeURIComponent(address)}&a=1`,
    return_to: `http://x/${address}`,
    ui: { action: "http://x/", method: "POST", nodes, messages: [text] },
    ...(identity && { identity }),
  });
  let answer: object;
  const { facade } = useFacade(() => startScriptedKratos("v26.2.0", (_, path) => (path.includes("/flows") ? { json: answer } : undefined)), {
    authentication,
    traitsMask: ["email", "address.street"],
  });

  it.each([
    ["loginFlow", flow([input("identifier", address)])],
    ["loginFlow", flow([input("identifier", address, { name: "traits.email" })])],
    ["registrationFlow", flow([input("traits.email", address)])],
    ["recoveryFlow", flow([input("email", address)])],
    ["verificationFlow", flow([input("email", address), input("totp_code", 4)])],
    ["settingsFlow", flow([input("other", address)], { id: ID, traits: { email: address } })],
  ])("hides it (%s)", async (field, given) => {
    answer = given;
    const query = `query ($id: ID!) { ${field}(id: $id) { ...Form } } ${FLOW}`;
    const { [field]: shown } = dataOf(await facade.send(query, { id: ID }, CLERK));
    expect(JSON.stringify(shown)).not.toMatch(/secret/i);
    expect(shown).toMatchObject({
      requestUrl: "http://x/?login_hint=***&a=1",
      returnTo: "http://x/***",
      ui: { messages: [{ text: "A mail is on its way to ***.", context: { to: ["***"] } }] },
    });
    expect(shown.ui.nodes[0].attributes.value).toBe("***");
    const { [field]: whole } = dataOf(await facade.send(query, { id: ID }, OFFICER));
    expect(whole).toMatchObject({ requestUrl: given.request_url, ui: { messages: [{ text: text.text }] } });
  });

  it("shows the rest of an object, and an identifier derived from another trait", async () => {
    answer = flow([input("traits.address", { street: "Secret Lane 1", town: "Bonn" }), input("identifier", "ann", { name: "traits.nick" })]);
    const query = `query ($id: ID!) { loginFlow(id: $id) { ...Form } } ${FLOW}`;
    const { nodes } = dataOf(await facade.send(query, { id: ID }, CLERK))["loginFlow"].ui;
    expect(nodes.map(({ attributes }: any) => attributes.value)).toEqual([{ town: "Bonn" }, "ann"]);
  });
});

describe("a mask on a whole object", () => {
  it("hides all of it, including addresses derived from it, and keeps it in an update", async () => {
    const kratos = await stopAfterTest(startFakeKratos({ sampleIdentities: false }));
    const [id] = await createIdentities(kratos, "default", [{ email: "whole@example.com", name: { first: "A", last: "Whole@example.com " } }]);
    const facade = await startFacade(kratos, { authentication, traitsMask: ["name", "no.such.trait", "email.no.object"] });
    const shown = { traits: { email: "whole@example.com" }, verifiableAddresses: [{ value: "***" }], recoveryAddresses: [{ value: "***" }] };
    expect((await change(facade, { id, traits: { email: "whole@example.com" } })).identity).toEqual(shown);
    expect((await readIdentity(kratos, id!)).traits.name).toEqual({ first: "A", last: "Whole@example.com " });
  });
});
