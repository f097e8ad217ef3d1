import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { fetchGraphQL } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { useFacade } from "../support/use-facade.js";

/* Whoever can write to Kratos' database, or stands in its place, sends values of any type: each is an error at its own place. */

const { key, line } = createApiKey("reader", ["identities:read", "flows:read", "system:read", "recovery:write", "sessions:read", "courier:read"]);
const headers = { authorization: `Bearer ${key}` };
const apiKeys = parseApiKeys(line);

const GOOD = "11111111-1111-4111-8111-111111111111";
const BAD = "22222222-2222-4222-8222-222222222222";
const TIME = "2026-01-01T00:00:00Z";
const ADDRESS = { id: GOOD, value: "a@example.com", verified: true, via: "email", status: "sent", verified_at: TIME, created_at: TIME, updated_at: TIME };
const identity = (id: string) => ({
  id,
  schema_id: "default",
  schema_url: "http://kratos/schemas/default",
  traits: { email: "a@example.com" },
  state: "active",
  state_changed_at: TIME,
  verifiable_addresses: [ADDRESS],
  recovery_addresses: [ADDRESS],
  metadata_public: { plan: "gold" },
  metadata_admin: { note: 1 },
  credentials: { oidc: { type: "oidc", identifiers: ["google:1"], version: 1, config: { providers: [] }, created_at: TIME, updated_at: TIME } },
  created_at: TIME,
  updated_at: TIME,
});
const TEXT = { id: 1, text: "Hello", type: "info", context: { a: 1 } };
const NODES = [
  ["input", { name: "a", type: "text", value: "x", required: true, disabled: false, label: TEXT, pattern: "x", maxlength: 1, autocomplete: "x", onclick: "x", onload: "x" }],
  ["img", { id: "a", src: "x", width: 1, height: 1 }],
  ["a", { id: "a", href: "x", title: TEXT }],
  ["text", { id: "a", text: TEXT }],
  ["script", { id: "a", src: "x", type: "x", async: true, crossorigin: "x", integrity: "x", referrerpolicy: "x", nonce: "x" }],
  ["div", { id: "a", class: "x", data: { a: "x" } }],
].map(([type, attributes]) => ({ type, group: "default", attributes, messages: [], meta: {} }));
const HOLOGRAM = { type: "hologram", group: "default", attributes: { beam: true }, messages: [TEXT], meta: { label: TEXT } };
const FLOW = {
  id: BAD,
  type: "api",
  issued_at: TIME,
  expires_at: TIME,
  request_url: "http://kratos/",
  active: "password",
  state: "choose_method",
  return_to: "http://app/",
  refresh: true,
  requested_aal: "aal1",
  created_at: TIME,
  updated_at: TIME,
  identity: identity(GOOD),
  ui: { action: "http://kratos/", method: "POST", nodes: [...NODES, HOLOGRAM], messages: [TEXT] },
};
const ERROR = { id: "e", created_at: TIME, updated_at: TIME, error: { id: "a_b", code: 400, status: "Bad Request", message: "No", reason: "So", details: { a: "b" } } };

const SESSION = {
  id: BAD,
  active: true,
  expires_at: TIME,
  authenticated_at: TIME,
  issued_at: TIME,
  authenticator_assurance_level: "aal1",
  authentication_methods: [{ method: "oidc", aal: "aal1", completed_at: TIME, provider: "google", organization: "x" }],
  devices: [{ id: GOOD, ip_address: "192.0.2.1", user_agent: "x", location: "x" }],
  identity: identity(GOOD),
};
const MESSAGE = {
  id: BAD,
  status: "sent",
  type: "email",
  recipient: "a@example.com",
  subject: "x",
  body: "x",
  template_type: "x",
  channel: "email",
  send_count: 1,
  dispatches: [{ id: GOOD, status: "failed", error: { reason: "x" }, created_at: TIME, updated_at: TIME }],
  created_at: TIME,
  updated_at: TIME,
};

const SESSION_FIELDS = `id active authenticatedAt issuedAt expiresAt authenticatorAssuranceLevel authenticationMethods { method aal completedAt provider organization }
  devices { id ipAddress userAgent location } identity { id traits }`;
const MESSAGE_FIELDS = "id status type recipient subject body templateType channel sendCount createdAt updatedAt";
const ADDRESS_FIELDS = "{ id value via createdAt updatedAt }";
const IDENTITY_FIELDS = `id schemaId schemaUrl traits state stateChangedAt verifiableAddresses { verified status verifiedAt } verifiableAddresses ${ADDRESS_FIELDS}
  recoveryAddresses ${ADDRESS_FIELDS} metadataPublic metadataAdmin createdAt updatedAt credentials { type identifiers version createdAt updatedAt }`;
const TEXT_FIELDS = "{ number text type context }";
const FLOW_FIELDS = `id type issuedAt expiresAt requestUrl active state returnTo ui { action method messages ${TEXT_FIELDS} nodes { type group messages ${TEXT_FIELDS} meta { label ${TEXT_FIELDS} } attributes {
  ... on UiNodeInputAttributes { name type value required disabled label ${TEXT_FIELDS} pattern maxlength autocomplete onclick onload }
  ... on UiNodeImageAttributes { id src width height } ... on UiNodeAnchorAttributes { id href title ${TEXT_FIELDS} } ... on UiNodeTextAttributes { id text ${TEXT_FIELDS} }
  ... on UiNodeScriptAttributes { id src type async crossorigin integrity referrerpolicy nonce } ... on UiNodeDivisionAttributes { id class data } ... on UiNodeOtherAttributes { attributes } } } }`;

/** The body that Kratos answers to every request but the one for its version. */
let answer: string | undefined;
let status = 200;
const kratosIsMalformed = () =>
  startScriptedKratos("v26.2.0", (_request, path) =>
    answer === undefined || path === "/version" ? undefined : { status, headers: { "content-type": "application/json" }, text: answer },
  );
const { facade } = useFacade(kratosIsMalformed, { authentication: { apiKeys } });

const send = (query: string) => facade.send(query, {}, headers);
const codesIn = (errors: readonly { extensions?: { code?: unknown } }[] | undefined) => [...new Set(errors?.map(({ extensions }) => extensions?.code))].sort();

const DEEP = "DEEP";
const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const WRONG: readonly unknown[] = [null, 1e12, "x", [null], { a: 1 }, DEEP];

/** Every copy of a JSON value in which one value is another one. */
function* mutate(json: unknown): Generator<unknown> {
  yield* WRONG;
  if (typeof json !== "object" || json === null) return;
  for (const [key, part] of Object.entries(json)) {
    for (const wrong of mutate(part)) yield Array.isArray(json) ? json.with(Number(key), wrong) : { ...json, [key]: wrong };
  }
}

const write = (json: unknown) => (JSON.stringify(json) ?? "").replaceAll(`"${DEEP}"`, deep(1_000));

beforeEach(() => {
  answer = undefined;
  status = 200;
});

it("answers the other identities of a page if one is malformed", async () => {
  const query = `{ version identities(first: 10) { edges { cursor node { ${IDENTITY_FIELDS} } } } }`;
  let alone = 0;
  for (const malformed of mutate(identity(BAD))) {
    answer = write([identity(GOOD), malformed]);
    const { data, errors } = await send(query);
    expect(data!["version"]).toBe("v26.2.0");
    // Without its ID, nothing could be after it.
    if (typeof JSON.parse(answer)[1]?.id !== "string") {
      expect(data).toMatchObject({ identities: null });
      continue;
    }
    const [good, bad] = data!["identities"].edges;
    expect(good.node).toMatchObject({ id: GOOD, traits: { email: "a@example.com" } });
    if (bad.node === null) alone++;
    expect(codesIn(errors)).toEqual(bad.node === null ? ["FORBIDDEN", "KRATOS_ERROR"] : ["FORBIDDEN"]);
  }
  expect(alone).toBeGreaterThan(100);
});

it.each([
  ["an identity", `_entities(representations: [{ __typename: "Identity", id: "${GOOD}" }, { __typename: "Identity", id: "${BAD}" }]) { ... on Identity { ${IDENTITY_FIELDS} } }`, [identity(GOOD), identity(BAD)]],
  ["a login flow", `loginFlow(id: "${BAD}") { ${FLOW_FIELDS} refresh requestedAal createdAt updatedAt }`, FLOW],
  ["a settings flow", `settingsFlow(id: "${BAD}") { ${FLOW_FIELDS} }`, { ...FLOW, ui: { action: "http://kratos/", method: "POST" } }],
  ["a session", `session(id: "${BAD}") { ${SESSION_FIELDS} }`, SESSION],
  ["a list of sessions", `sessions { edges { cursor node { ${SESSION_FIELDS} } } }`, [SESSION]],
  ["a message", `courierMessage(id: "${BAD}") { ${MESSAGE_FIELDS} dispatches { id status error createdAt updatedAt } }`, MESSAGE],
  ["a list of messages", `courierMessages { edges { cursor node { ${MESSAGE_FIELDS} } } }`, [MESSAGE]],
  ["a schema", 'identitySchema(id: "default") { id schema }', { type: "object", properties: { traits: {} } }],
  ["a self-service error", 'selfServiceError(id: "x") { id errors { code status message reason errorId details } createdAt updatedAt }', ERROR],
])("has only expected errors if any part of %s is malformed", async (_what, field, json) => {
  for (const malformed of mutate(json)) {
    answer = write(malformed);
    const { data, errors } = await send(`{ version ${field} }`);
    expect(data!["version"]).toBe("v26.2.0");
    expect(["FORBIDDEN", "KRATOS_ERROR"]).toEqual(expect.arrayContaining(codesIn(errors)));
  }
});

it("has only expected errors if any part of an error is malformed", async () => {
  const error = { id: "a_b", code: 400, status: "Bad Request", message: "No", reason: "I[#/traits/a] S[#/x] is wrong", request: GOOD, details: { redirect_to: "http://x/" } };
  for (const malformed of mutate({ error })) {
    for (status of [400, 404, 410, 500]) {
      answer = write(malformed);
      const { errors } = await send(`mutation { createRecoveryLink(input: { identityId: "${BAD}" }) { userErrors { code message path } } }`);
      expect(["FLOW_EXPIRED", "KRATOS_ERROR"]).toEqual(expect.arrayContaining(codesIn(errors)));
    }
  }
});

it("returns traits of up to 200 levels; an identity with deeper ones is null", async () => {
  const query = `{ identities(first: 10) { edges { node { id traits } } } }`;
  for (let time = 0; time < 4; time++) {
    answer = JSON.stringify([200, 201, 2_000, 9_900].map((levels) => ({ ...identity(GOOD), id: `${GOOD.slice(0, -4)}${String(levels).padStart(4, "0")}`, traits: levels })))
      .replaceAll(/"traits":(\d+)/g, (_, levels) => `"traits":${deep(Number(levels))}`);
    const { data, errors } = await send(query);
    expect(data!["identities"].edges.map(({ node }: any) => node?.id.slice(-4))).toEqual(["0200", undefined, undefined, undefined]);
    expect(errors!.map(({ path, extensions }) => [path, extensions?.["code"]])).toEqual([1, 2, 3].map((at) => [["identities", "edges", at, "node"], "KRATOS_ERROR"]));
  }
});

it("keeps the process alive, and logs a rejected promise that nothing handles without its message", async () => {
  const kratos = await stopAfterTest(kratosIsMalformed());
  const malformed = [GOOD, BAD].map((id) => ({ ...identity(id), schema_url: { a: 1 }, verifiable_addresses: [{ ...ADDRESS, value: { a: 1 } }] }));
  answer = JSON.stringify(malformed);
  const rejects = "data:text/javascript,process.on('SIGUSR2',()=>{Promise.reject(Error('a'+'@example.com'))})";
  const server = await startCli({ KRATOS_ADMIN_URL: kratos.url, KRATOS_PUBLIC_URL: kratos.url, API_KEYS: line, NODE_OPTIONS: `--import=${rejects}` });
  const url = await graphqlUrlOf(server);
  const ask = async () => fetchGraphQL(url, { query: `{ identities(first: 2) { edges { node { metadataAdmin schemaUrl verifiableAddresses { value } } } } }` }, headers);
  for (let time = 0; time < 4; time++) expect(codesIn((await ask()).errors)).toEqual(["KRATOS_ERROR"]);
  server.kill("SIGUSR2");
  await server.waitFor(/"level":50.*A promise was rejected, and nothing handled it/);
  expect(server.output).not.toContain("a@example.com");
  expect(codesIn((await ask()).errors)).toEqual(["KRATOS_ERROR"]);
});
