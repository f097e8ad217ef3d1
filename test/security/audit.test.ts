import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { faults, redirect, startFaultyKratos, tooMany, type Fault } from "../support/faulty-kratos.js";
import { postJson, sendHttp, sendRaw } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
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
  await mutate(`mutation { patchIdentity(input: { id: "${id}", traits: { merge: { age: 7 } } }) { userErrors { code } } }`);
  await mutate(`mutation { verifyAddress(input: { identityId: "${id}", address: "audit-b@example.com" }) { userErrors { code } } }`);
  await mutate(`mutation { createRecoveryLink(input: { identityId: "${id}" }) { recoveryLink { url } } }`);
  await mutate(`mutation { deleteIdentity(input: { id: "${id}" }) { deletedIdentityId } }`);
  expect(audited()).toEqual(
    ["createIdentity", "updateIdentity", "patchIdentity", "verifyAddress", "createRecoveryLink", "deleteIdentity"].map((mutation) => ({ ...by, mutation, identityId: id, outcome: "DONE" })),
  );
});

it("has one line for each of several mutations, by field name, also in fragments and arrays", async () => {
  await mutate(`mutation { a: ${create("audit-c@example.com")} ...F ... on Mutation { b: ${create("audit-d@example.com")} } }
    fragment F on Mutation { c: deleteIdentity(input: { id: "${ABSENT}" }) { userErrors { code } } }`);
  const [first, second, third] = audited();
  expect([first, third]).toEqual(Array(2).fill({ ...by, mutation: "createIdentity", identityId: UUID, outcome: "DONE" }));
  expect(second).toEqual({ ...by, mutation: "deleteIdentity", identityId: ABSENT, outcome: "REFUSED", codes: ["NOT_FOUND"] });
  lines.length = 0;
  await post([{ query: `mutation { ${create("audit-e@example.com")} }` }, { query: "{ __typename }" }, { query: `mutation { x: ${create("audit-e@example.com")} }` }]);
  expect(audited().map(({ mutation }) => mutation)).toEqual(["createIdentity", "createIdentity"]);
});

it.each<[string, string, object, object]>([
  ["invalid input", `mutation { ${create("none")} }`, {}, { mutation: "createIdentity", outcome: "REFUSED", codes: ["INVALID"] }],
  ["an empty schema ID", 'mutation { createIdentity(input: { schemaId: "", traits: {} }) { userErrors { code } } }', {}, { mutation: "createIdentity", codes: ["INVALID"] }],
  ["an unknown identity", `mutation { deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, { mutation: "deleteIdentity", identityId: ABSENT, outcome: "REFUSED", codes: ["NOT_FOUND"] }],
  ["an invalid ID, which is not logged", 'mutation { deleteIdentity(input: { id: "canary" }) { deletedIdentityId } }', {}, { mutation: "deleteIdentity", codes: ["NOT_FOUND"] }],
  ["an invalid variable", "mutation ($i: DeleteIdentityInput!) { deleteIdentity(input: $i) { deletedIdentityId } }", { i: { id: ["canary"] } }, { mutation: "deleteIdentity", codes: ["BAD_USER_INPUT"] }],
  ["an invalid document", 'mutation { deleteIdentity(input: { id: "canary" }) { nothing } }', {}, { mutation: "deleteIdentity", codes: ["GRAPHQL_VALIDATION_FAILED"] }],
  ["a ring of fragments", `mutation { deleteIdentity(input: { id: "canary" }) { deletedIdentityId } ...F0 } ${ring}`, {}, { mutation: "deleteIdentity", codes: ["OPERATION_TOO_LARGE", "GRAPHQL_VALIDATION_FAILED"] }],
  ["a limit", `mutation { deleteIdentity(input: { id: "canary" }) { ${"deletedIdentityId @skip(if: false) ".repeat(60)} } }`, {}, { mutation: "deleteIdentity", codes: ["OPERATION_TOO_LARGE"] }],
])("has a line for a mutation refused because of %s", async (_, query, variables, entry) => {
  await mutate(query, variables);
  expect(audited()).toEqual([{ ...by, outcome: "NOT_SENT", ...entry }]);
  expect(lines.join()).not.toContain("canary");
});

it("has a line for each mutation refused for a missing scope", async () => {
  await mutate(`mutation { ${create("canary@example.com")} deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, reader);
  const refused = { caller: "key:shop", requestId: "r-1", outcome: "NOT_SENT", codes: ["FORBIDDEN"] };
  expect(audited()).toEqual([{ ...refused, mutation: "createIdentity" }, { ...refused, mutation: "deleteIdentity", identityId: ABSENT }]);
});

it("has lines for a mutation that exceeds the cost limit, and for one that is sent by GET", async () => {
  const tight = await startFacade(kratos, { ...OPTIONS, limits: { cost: 10 } });
  await mutate(`mutation { ${create("canary@example.com")} }`, {}, all, tight);
  const query = encodeURIComponent(`mutation { ${create("canary@example.com")} }`);
  await sendHttp(tight.url, { method: "GET", path: `/graphql?query=${query}`, headers: { authorization: `Bearer ${all.key}`, "apollo-require-preflight": "1", "x-request-id": "r-1" } });
  expect(audited().map(({ outcome, codes }) => [outcome, codes])).toEqual([["NOT_SENT", ["OPERATION_TOO_LARGE"]], ["NOT_SENT", ["BAD_REQUEST"]]]);
  expect(lines.join()).not.toContain("canary");
});

it("has one line for each mutation of a refused operation, and none for unknown fields", async () => {
  const many = Array.from({ length: 60 }, (_, at) => `a${at}: deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId }`).join(" ");
  await mutate(`mutation { ${many} canary${"x".repeat(500)} }`);
  expect(audited().map(({ mutation, outcome }) => [mutation, outcome])).toEqual([["deleteIdentity", "NOT_SENT"]]);
  expect(lines.join()).not.toContain("canary");
});

const MORE = "mutation M { a: createRecoveryLink(input: { identityId: \"canary\" }) { expiresAt } }";
it.each<[string, string, string | undefined, string[]]>([
  ["does not say which operation it means", `mutation D { a: deleteIdentity(input: { id: "canary" }) { deletedIdentityId } } query Q { version } ${MORE}`, undefined, ["deleteIdentity", "createRecoveryLink"]],
  ["means an operation that the document does not have", MORE, "canary", ["createRecoveryLink"]],
  ["gives two mutations the same response key", `mutation { a: deleteIdentity(input: { id: "canary" }) { deletedIdentityId } a: createRecoveryLink(input: { identityId: "canary" }) { expiresAt } }`, undefined, ["deleteIdentity", "createRecoveryLink"]],
])("has a line for each mutation of a request that %s", async (_, query, operationName, mutations) => {
  await post({ query, operationName });
  expect(audited().map(({ mutation, outcome }) => [mutation, outcome])).toEqual(mutations.map((mutation) => [mutation, "NOT_SENT"]));
  expect(lines.join()).not.toContain("canary");
});

it("has no line for skipped mutations and queries", async () => {
  await mutate(`mutation ($no: Boolean!) { ${create("audit-f@example.com")} b: deleteIdentity(input: { id: "${ABSENT}" }) @include(if: $no) { deletedIdentityId } }`, { no: false });
  await mutate("{ identities { edges { cursor } } }");
  expect(audited().map(({ mutation }) => mutation)).toEqual(["createIdentity"]);
});

describe("the outcome of a change", () => {
  const CREATE = `mutation { createIdentity(input: { schemaId: "default", traits: { email: "canary@example.com" } }) { userErrors { code } } }`;
  const DELETE = `mutation { deleteIdentity(input: { id: "${ABSENT}" }) { userErrors { code } } }`;

  it.each<[string, string, string, Fault]>([
    ["what comes in place of Kratos is not HTTP", "UNKNOWN", "KRATOS_ERROR", faults.noHttp],
    ["the response is not JSON", "UNKNOWN", "KRATOS_ERROR", faults.malformed],
    ["the response is a page", "UNKNOWN", "KRATOS_ERROR", faults.html],
    ["the response is of another shape", "UNKNOWN", "KRATOS_ERROR", faults.otherShape],
    ["Kratos fails", "UNKNOWN", "KRATOS_ERROR", faults.plainText500],
    ["the response has too many headers", "UNKNOWN", "KRATOS_ERROR", faults.largeHeaders],
    ["the connection is lost", "UNKNOWN", "KRATOS_UNAVAILABLE", faults.resetBefore],
    ["the connection is lost within the response", "UNKNOWN", "KRATOS_UNAVAILABLE", faults.resetInBody],
    ["Kratos does not respond", "UNKNOWN", "KRATOS_UNAVAILABLE", faults.silent],
    ["Kratos is unavailable", "UNKNOWN", "KRATOS_UNAVAILABLE", (response) => response.writeHead(503).end()],
    ["Kratos has too many requests", "REFUSED", "KRATOS_UNAVAILABLE", tooMany("3")],
    ["Kratos redirects", "REFUSED", "KRATOS_ERROR", redirect(302, "https://login.example.com/")],
    ["Kratos forbids the change", "REFUSED", "FORBIDDEN", (response) => response.writeHead(403).end()],
  ])("if %s, is %s in the error, whose code is %s, and in the audit", async (_, outcome, code, fault) => {
    const faulty = await stopAfterTest(startFaultyKratos());
    faulty.fault = { do: fault, to: (line) => /^(POST|DELETE)/.test(line) };
    const before = await startFacade(faulty, { ...OPTIONS, timeoutMs: 500 });
    for (const [mutation, query] of [["createIdentity", CREATE], ["deleteIdentity", DELETE]] as const) {
      const { body } = await mutate(query, {}, all, before);
      expect(body.errors).toEqual([expect.objectContaining({ path: [mutation], extensions: expect.objectContaining({ code, outcome }) })]);
    }
    expect(audited()).toEqual([
      { ...by, mutation: "createIdentity", outcome, codes: [code] },
      { ...by, mutation: "deleteIdentity", identityId: ABSENT, outcome, codes: [code] },
    ]);
    expect(audited().map((entry) => JSON.stringify(entry)).join()).not.toContain("canary");
  });

  it("is NOT_SENT if Kratos refuses connections, and the message says that nothing was changed", async () => {
    const faulty = await stopAfterTest(startFaultyKratos());
    // The version need not be requested.
    const before = await startFacade(faulty, { ...OPTIONS, version: "v26.2.0" });
    await faulty.disconnect();
    const { body } = await mutate(CREATE, {}, all, before);
    expect(body.errors[0]).toMatchObject({
      message: "Kratos could not be reached for createIdentity. Nothing was changed.",
      extensions: { code: "KRATOS_UNAVAILABLE", outcome: "NOT_SENT" },
    });
    expect(audited()).toEqual([{ ...by, mutation: "createIdentity", outcome: "NOT_SENT", codes: ["KRATOS_UNAVAILABLE"] }]);
  });

  it.each([
    ["the caller lacks the scope", reader, DELETE, "FORBIDDEN"],
    ["a text is too long", all, `mutation { deleteIdentity(input: { id: "${"x".repeat(3000)}" }) { userErrors { code } } }`, "BAD_USER_INPUT"],
    ["the operation is invalid", all, "mutation { deleteIdentity { nothing } }", "GRAPHQL_VALIDATION_FAILED"],
  ])("is NOT_SENT if %s", async (_, caller, query, code) => {
    const { body } = await mutate(query, {}, caller);
    expect(body.errors.map(({ extensions }: any) => [extensions.code, extensions.outcome])).toContainEqual([code, "NOT_SENT"]);
    expect(audited()).toMatchObject([{ mutation: "deleteIdentity", outcome: "NOT_SENT", codes: [code] }]);
  });

  it("is that of each mutation if there are several, and is not in the errors of queries and of payloads", async () => {
    const writer = createApiKey("writer", ["identities:write"]);
    const mixed = await startFacade(kratos, { ...OPTIONS, authentication: { apiKeys: parseApiKeys(writer.line) } });
    const { body } = await mutate(`mutation { a: ${create("audit-i@example.com")} b: deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }`, {}, writer, mixed);
    const extensions = Object.fromEntries(body.errors.map((error: any) => [error.path.join("."), error.extensions]));
    expect(extensions["b"]).toMatchObject({ code: "FORBIDDEN", outcome: "NOT_SENT" });
    expect(extensions["a.identity"]).toEqual({ code: "FORBIDDEN", requiredScope: "identities:read" });
    expect(audited().map(({ mutation, outcome }) => [mutation, outcome])).toEqual([["createIdentity", "DONE"], ["deleteIdentity", "NOT_SENT"]]);
    const read = await mutate(`{ identity(id: "${ABSENT}") { id } }`, {}, writer, mixed);
    expect(read.body.errors[0].extensions).toEqual({ code: "FORBIDDEN", requiredScope: "identities:read" });
  });
});

describe("the end user whom a gateway names in a header", () => {
  const subject = { header: "X-User-Id", callers: ["key:office"] };
  const send = async (caller: typeof all, headers: readonly (readonly [string, string])[]) => {
    const gated = await startFacade(kratos, { ...OPTIONS, auditSubject: subject });
    const named = [["content-type", "application/json"], ["authorization", `Bearer ${caller.key}`], ...headers] as const;
    return sendRaw(`${gated.url}/graphql`, "POST", named, JSON.stringify({ query: `mutation { deleteIdentity(input: { id: "${ABSENT}" }) { deletedIdentityId } }` }));
  };

  it("is in the audit line if the caller is trusted", async () => {
    await send(all, [["x-user-id", "user-4711"]]);
    expect(audited()).toMatchObject([{ caller: "key:office", subject: "user-4711", mutation: "deleteIdentity" }]);
  });

  it("is not believed if any other caller names it", async () => {
    await send(reader, [["x-user-id", "user-4711"]]);
    expect(audited()).toMatchObject([{ caller: "key:shop", mutation: "deleteIdentity" }]);
    expect(audited()[0]).not.toHaveProperty("subject");
  });

  it("may be missing", async () => {
    await send(all, []);
    expect(audited()).toMatchObject([{ caller: "key:office", mutation: "deleteIdentity" }]);
    expect(audited()[0]).not.toHaveProperty("subject");
  });

  it.each([
    ["two headers name it", [["x-user-id", "canary-1"], ["x-user-id", "canary-2"]], "2 headers"],
    ["it is empty", [["x-user-id", ""]], "0 characters"],
    ["it is too long", [["x-user-id", "canary".repeat(50)]], "300 characters"],
    ["it is not ASCII", [["x-user-id", "canary\u00fc"]], "other characters"],
  ] as const)("is rejected, with its request, if %s", async (_, headers, received) => {
    const { status, text } = await send(all, headers);
    const message = `There must be at most one header X-User-Id, with 1 to 256 printable ASCII characters; received ${received}.`;
    expect([status, JSON.parse(text)]).toEqual([400, { errors: [{ message, extensions: { code: "BAD_REQUEST" } }] }]);
    expect(lines.join()).not.toContain("canary");
  });
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
  expect(audited()).toEqual([{ caller: "key:shop", requestId: "r-1", mutation: "deleteIdentity", identityId: ABSENT, outcome: "NOT_SENT", codes: ["FORBIDDEN"] }]);
});
