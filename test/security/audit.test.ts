import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { postJson, sendHttp } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, useFacade } from "../support/use-facade.js";

const all = createApiKey("office", ["identities:read", "identities:write", "identities:delete", "recovery:write"]);
const reader = createApiKey("shop", ["identities:read"]);
const ABSENT = "11111111-1111-4111-8111-111111111111";
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/);

const { logger, lines, entries } = captureLog("error");
const OPTIONS = { authentication: { apiKeys: parseApiKeys(`${all.line};${reader.line}`) }, logger, batching: true, timeoutMs: 2_000 };
const { kratos, facade } = useFacade(startFakeKratos, OPTIONS);

beforeEach(() => {
  lines.length = 0;
});

const audited = () => entries().filter(({ audit }) => audit).map(({ time: _, level: __, audit: ___, msg: ____, ...entry }) => entry);
const post = (body: unknown, { key } = all, at = facade) => postJson(at.url, body, { authorization: `Bearer ${key}`, "x-request-id": "r-1" });
const mutate = (query: string, variables: object = {}, caller = all, at = facade) => post({ query, variables }, caller, at);
const create = (email: string, more = "") => `createIdentity(input: { schemaId: "default", traits: { email: "${email}" } }) { identity { id } userErrors { code } ${more} }`;
/** A cycle of fragments that is so long that graphql-js alone would overflow the stack. */
const ring = Array.from({ length: 220 }, (_, at) => `fragment F${at} on Mutation { ...F${(at + 219) % 220} }`).join(" ");
const by = { caller: "key:office", requestId: "r-1" };

it("has one line for each mutation, with caller, mutation, identity and request, even at LOG_LEVEL=error", async () => {
  const { body } = await mutate(`mutation { ${create("audit-a@example.com")} }`);
  const { id } = body.data.createIdentity.identity;
  await mutate(`mutation { updateIdentity(input: { id: "${id.toUpperCase()}", traits: { email: "audit-b@example.com" } }) { userErrors { code } } }`);
  await mutate(`mutation { createRecoveryLink(input: { identityId: "${id}" }) { recoveryLink { url } } }`);
  await mutate(`mutation { deleteIdentity(input: { id: "${id}" }) { deletedIdentityId } }`);
  expect(audited()).toEqual(
    ["createIdentity", "updateIdentity", "createRecoveryLink", "deleteIdentity"].map((mutation) => ({ ...by, mutation, identityId: id, outcome: "done" })),
  );
});

it("has one line for each of several mutations, by field name, also in fragments and arrays", async () => {
  await mutate(`mutation { a: ${create("audit-c@example.com")} ...F ... on Mutation { b: ${create("audit-d@example.com")} } }
    fragment F on Mutation { c: deleteIdentity(input: { id: "${ABSENT}" }) { userErrors { code } } }`);
  const [first, second, third] = audited();
  expect([first, third]).toEqual(Array(2).fill({ ...by, mutation: "createIdentity", identityId: UUID, outcome: "done" }));
  expect(second).toEqual({ ...by, mutation: "deleteIdentity", identityId: ABSENT, outcome: "refused", codes: ["NOT_FOUND"] });
  lines.length = 0;
  await post([{ query: `mutation { ${create("audit-e@example.com")} }` }, { query: "{ __typename }" }, { query: `mutation { x: ${create("audit-e@example.com")} }` }]);
  expect(audited().map(({ mutation }) => mutation)).toEqual(["createIdentity", "createIdentity"]);
});

it.each<[string, string, object, object]>([
  ["invalid input", `mutation { ${create("none")} }`, {}, { mutation: "createIdentity", codes: ["INVALID"] }],
  ["an unknown identity", `mutation { deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, { mutation: "deleteIdentity", identityId: ABSENT, codes: ["NOT_FOUND"] }],
  ["an invalid ID, which is not logged", 'mutation { deleteIdentity(input: { id: "canary" }) { deletedIdentityId } }', {}, { mutation: "deleteIdentity", codes: ["NOT_FOUND"] }],
  ["an invalid variable", "mutation ($i: DeleteIdentityInput!) { deleteIdentity(input: $i) { deletedIdentityId } }", { i: { id: ["canary"] } }, { mutation: "deleteIdentity", codes: ["BAD_USER_INPUT"] }],
  ["an invalid document", 'mutation { deleteIdentity(input: { id: "canary" }) { nothing } }', {}, { mutation: "deleteIdentity", codes: ["GRAPHQL_VALIDATION_FAILED"] }],
  ["a ring of fragments", `mutation { deleteIdentity(input: { id: "canary" }) { deletedIdentityId } ...F0 } ${ring}`, {}, { mutation: "deleteIdentity", codes: ["OPERATION_TOO_LARGE", "GRAPHQL_VALIDATION_FAILED"] }],
  ["a limit", `mutation { deleteIdentity(input: { id: "canary" }) { ${"deletedIdentityId @skip(if: false) ".repeat(60)} } }`, {}, { mutation: "deleteIdentity", codes: ["OPERATION_TOO_LARGE"] }],
])("has a line for a mutation refused because of %s", async (_, query, variables, entry) => {
  await mutate(query, variables);
  expect(audited()).toEqual([{ ...by, ...entry, outcome: "refused" }]);
  expect(lines.join()).not.toContain("canary");
});

it("has a line for each mutation refused for a missing scope", async () => {
  await mutate(`mutation { ${create("canary@example.com")} deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, reader);
  const refused = { caller: "key:shop", requestId: "r-1", outcome: "refused", codes: ["FORBIDDEN"] };
  expect(audited()).toEqual([{ ...refused, mutation: "createIdentity" }, { ...refused, mutation: "deleteIdentity", identityId: ABSENT }]);
});

it("has lines for a mutation that exceeds the cost limit, and for one that is sent by GET", async () => {
  const tight = await startFacade(kratos, { ...OPTIONS, limits: { cost: 10 } });
  await mutate(`mutation { ${create("canary@example.com")} }`, {}, all, tight);
  const query = encodeURIComponent(`mutation { ${create("canary@example.com")} }`);
  await sendHttp(tight.url, { method: "GET", path: `/graphql?query=${query}`, headers: { authorization: `Bearer ${all.key}`, "apollo-require-preflight": "1", "x-request-id": "r-1" } });
  expect(audited().map(({ outcome, codes }) => [outcome, codes])).toEqual([["refused", ["OPERATION_TOO_LARGE"]], ["refused", ["BAD_REQUEST"]]]);
  expect(lines.join()).not.toContain("canary");
});

it("has one line for each mutation of a refused operation, and none for unknown fields", async () => {
  const many = Array.from({ length: 60 }, (_, at) => `a${at}: deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId }`).join(" ");
  await mutate(`mutation { ${many} canary${"x".repeat(500)} }`);
  expect(audited().map(({ mutation, outcome }) => [mutation, outcome])).toEqual([["deleteIdentity", "refused"]]);
  expect(lines.join()).not.toContain("canary");
});

it("has no line for skipped mutations and queries", async () => {
  await mutate(`mutation ($no: Boolean!) { ${create("audit-f@example.com")} b: deleteIdentity(input: { id: "${ABSENT}" }) @include(if: $no) { deletedIdentityId } }`, { no: false });
  await mutate("{ identities { edges { cursor } } }");
  await mutate("query Q { version } mutation M { deleteIdentity(input: { id: \"x\" }) { deletedIdentityId } }");
  expect(audited().map(({ mutation }) => mutation)).toEqual(["createIdentity"]);
});

it.each([
  [{ status: 500, json: { error: { message: "canary" } } }, "unknown", "KRATOS_ERROR"],
  ["reset" as const, "unknown", "KRATOS_UNAVAILABLE"],
  [{ status: 503, text: "canary" }, "unknown", "KRATOS_UNAVAILABLE"],
])("says, if Kratos responds with %j, that the outcome is %s", async (answer, outcome, code) => {
  const scripted = await stopAfterTest(startScriptedKratos("v26.2.0", ({ method }) => (method === "GET" ? undefined : answer)));
  const before = await startFacade(scripted, OPTIONS);
  await mutate(`mutation { ${create("canary@example.com")} deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, all, before);
  expect(audited()).toEqual([
    { ...by, mutation: "createIdentity", outcome, codes: [code] },
    { ...by, mutation: "deleteIdentity", identityId: ABSENT, outcome, codes: [code] },
  ]);
  expect(audited().map((entry) => JSON.stringify(entry)).join()).not.toContain("canary");
});

it("contains no trait, link or token, and no name that the caller chose", async () => {
  const { body } = await mutate(`mutation canaryOperation { canaryAlias: ${create("canary-g@example.com")} }`);
  const { id } = body.data.canaryAlias.identity;
  const link = await mutate(`mutation { createRecoveryLink(input: { identityId: "${id}" }) { recoveryLink { url } } }`);
  expect(link.body.data.createRecoveryLink.recoveryLink.url).toMatch(/^http/);
  for (const secret of ["canary", link.body.data.createRecoveryLink.recoveryLink.url, all.key]) expect(lines.join()).not.toContain(secret);
});

it("logs a request with an unknown token, without the token", async () => {
  const log = captureLog("info");
  const open = await startFacade(kratos, { ...OPTIONS, logger: log.logger });
  const answer = await post({ query: "{ version }" }, { ...all, key: "kg_canary" }, open);
  expect(answer.status).toBe(401);
  expect(log.entries()).toContainEqual(expect.objectContaining({ requestId: "r-1", status: 401, code: "UNAUTHENTICATED" }));
  expect(log.lines.join()).not.toContain("canary");
});

it("logs nothing with LOG_LEVEL=silent", async () => {
  const log = captureLog("silent");
  const silent = await startFacade(kratos, { ...OPTIONS, logger: log.logger });
  await mutate(`mutation { ${create("audit-h@example.com")} }`, {}, all, silent);
  expect(log.lines).toEqual([]);
});

it("has the identity of a refused mutation whose input is the default of a variable", async () => {
  const answer = await mutate(`mutation ($input: DeleteIdentityInput! = { id: "${ABSENT}" }) { deleteIdentity(input: $input) { deletedIdentityId } }`, {}, reader);
  expect(answer.body.errors[0].extensions.code).toBe("FORBIDDEN");
  expect(audited()).toEqual([{ caller: "key:shop", requestId: "r-1", mutation: "deleteIdentity", identityId: ABSENT, outcome: "refused", codes: ["FORBIDDEN"] }]);
});
