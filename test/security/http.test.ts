import { createHash } from "node:crypto";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { codesOf, postJson, sendHttp } from "../support/http.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, useFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";

const ORIGIN = "https://app.example.com";
const VERSION = "{ version }";
const JSON_TYPE = { "content-type": "application/json" };

const CLOSED = { introspection: false, explorers: false };
const { kratos, facade: closed } = useFacade(() => startScriptedKratos("v26.2.0"), CLOSED);
const serve = (options: FacadeTestOptions = {}) => startFacade(kratos, { ...CLOSED, ...options });

const get = (facade: FacadeUnderTest, parameters: Record<string, string>, headers: Record<string, string> = JSON_TYPE, body?: string) =>
  sendHttp(facade.url, { method: "GET", path: `/graphql?${new URLSearchParams(parameters).toString()}`, headers, body });
/** Sends a request three times. */
const thrice = async <T>(ask: () => Promise<T>): Promise<T[]> => [await ask(), await ask(), await ask()];

describe("arrays of operations", () => {
  const both = [{ query: VERSION }, { query: "{ a: version }" }];

  it("are rejected unless they are enabled", async () => {
    const answer = await postJson(closed.url, both);
    expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
    expect((await postJson((await serve({ batching: true })).url, both)).body).toEqual([{ data: { version: "v26.2.0" } }, { data: { a: "v26.2.0" } }]);
  });

  it.each([[[null]], [[1, "x"]], [[[]]], [[]]])("are rejected if they are %j", async (body) => {
    const facade = await serve({ batching: true });
    expect((await postJson(facade.url, body)).status).toBe(400);
  });
});

describe("if introspection is disabled", () => {
  it.each([
    "{ __schema { types { name } } }",
    '{ __type(name: "Identity") { name } }',
    "{ ...F } fragment F on Query { a: __schema { queryType { name } } }",
    "query A { version } query B { __schema { queryType { name } } }",
  ])("rejects %s each time", async (query) => {
    for (const answer of await thrice(() => postJson(closed.url, { query, operationName: query.startsWith("query") ? "A" : undefined }))) {
      expect([answer.status, codesOf(answer)]).toEqual([400, ["GRAPHQL_VALIDATION_FAILED"]]);
      expect(answer.body.data).toBeUndefined();
    }
  });

  it("answers introspection if it is enabled", async () => {
    const open = await serve({ introspection: true });
    expect((await postJson(open.url, { query: "{ __schema { queryType { name } } }" })).body.data.__schema.queryType.name).toBe("Query");
  });

  const create = "mutation ($i: CreateIdentityInput!) { createIdentity(input: $i) { userErrors { code } } }";
  it.each<[string, string, object?]>([
    ["a field", "{ versio }"],
    ["an argument", '{ identity(idd: "x") { id } }'],
    ["a type", "{ ...F } fragment F on Querry { version }"],
    ["a field of an input", 'mutation { createIdentity(input: { schemaI: "x", schemaId: "x", traits: {} }) { userErrors { code } } }'],
    ["a field of an input in a variable", create, { i: { schemaI: "x", schemaId: "x", traits: {} } }],
    ["a field that another type has", "{ _entities(representations: []) { trait } }"],
  ])("suggests nothing to a caller who misspells %s", async (_, query, variables = {}) => {
    const open = await serve({ introspection: true });
    expect(JSON.stringify((await postJson(open.url, { query, variables })).body)).toContain(query.includes("trait }") ? "Cannot query" : "Did you mean");
    for (const { status, body } of await thrice(() => postJson(closed.url, { query, variables }))) {
      expect(status).toBe(400);
      expect(JSON.stringify(body)).not.toContain("Did you mean");
    }
  });

  it("removes suggestions from messages with a long text of a caller without searching it again and again", async () => {
    const query = "query ($first: Int!) { identities(first: $first) { edges { cursor } } }";
    const first = "Did you mean ".repeat(60_000);
    const { status, body } = await postJson(closed.url, { query, variables: { first } });
    expect(status).toBe(400);
    expect(body.errors[0].message).toContain(first.slice(0, 1_900));
  });

  it("returns the SDL to callers with system:read, or to everybody if it is public", async () => {
    const [router, shop] = [createApiKey("router", ["system:read"]), createApiKey("shop", ["identities:read"])];
    const authentication = { apiKeys: parseApiKeys(`${router.line};${shop.line}`) };
    const sdl = (facade: FacadeUnderTest, { key }: { key: string }) => thrice(() => postJson(facade.url, { query: "{ _service { sdl } }" }, { authorization: `Bearer ${key}` }));
    const facade = await serve({ authentication });
    for (const { body } of await sdl(facade, router)) expect(body.data._service.sdl).toContain("type Identity");
    for (const answer of await sdl(facade, shop)) expect(codesOf(answer)).toEqual(["FORBIDDEN"]);
    for (const { body } of await sdl(await serve({ authentication, publicSdl: true }), shop)) expect(body.data._service.sdl).toContain("type Identity");
  });
});

describe("a page of another site", () => {
  it.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain; application/json"])(
    "cannot send an operation with a form of type %s",
    async (type) => {
      const before = kratos.seen.length;
      for (const method of ["GET", "POST"]) {
        const answer = await sendHttp(closed.url, { method, path: `/graphql?query=${encodeURIComponent(VERSION)}`, headers: { "content-type": type }, body: JSON.stringify({ query: VERSION }) });
        expect([answer.status, answer.body.data]).toEqual([400, undefined]);
        expect(answer.body.errors[0].message).toContain("CSRF");
      }
      expect(kratos.seen).toHaveLength(before);
    },
  );

  const GRAPHQL_TYPE = { accept: "application/graphql-response+json, application/json" };

  it.each<[string, Record<string, string>]>([
    ["a link, an image or a script", {}],
    ["a link, an image or a script in a current browser", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a page on another port of this host", { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" }],
    ["a `fetch` that needs no preflight", { ...GRAPHQL_TYPE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a `fetch` that needs no preflight, of another origin in an old browser", { ...GRAPHQL_TYPE, origin: "https://evil.example.org" }],
    ["a `fetch` of another origin", { ...GRAPHQL_TYPE, origin: "https://evil.example.org", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
    ["a `fetch` of a sandboxed frame", { ...GRAPHQL_TYPE, origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
    ["a link whose credentials the browser adds", { authorization: "Basic dXNlcjpwYXNz" }],
    ["an unknown value of Sec-Fetch-Site", { "sec-fetch-site": "same-origin, cross-site" }],
  ])("cannot send a query with %s, and is told which header to send", async (_, headers) => {
    const before = kratos.seen.length;
    const answer = await get(await serve({ corsOrigins: [ORIGIN] }), { query: VERSION }, headers);
    expect([answer.status, codesOf(answer), answer.body.data]).toEqual([400, ["BAD_REQUEST"], undefined]);
    expect(answer.body.errors[0].message).toBe('Send the header "Content-Type: application/json", so that the request cannot come from the page of another website (CSRF).');
    expect(kratos.seen).toHaveLength(before);
  });

  it.each<[string, Record<string, string>]>([
    ["JSON as its type", JSON_TYPE],
    ["a header of Apollo's clients", { "apollo-require-preflight": "1" }],
    ["the operation name of Apollo's clients", { "x-apollo-operation-name": "Version", "sec-fetch-site": "cross-site" }],
    ["a bearer token", { authorization: "Bearer kg_x", "sec-fetch-site": "cross-site" }],
    ["the word of the browser that it comes from this server's page", { "sec-fetch-site": "same-origin" }],
    ["the word of the browser that its user has typed the address", { "sec-fetch-site": "none" }],
    ["an origin that CORS allows", { origin: ORIGIN, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }],
    ["the response type of GraphQL, from a program", GRAPHQL_TYPE],
  ])("does not prevent a query by GET with %s", async (_, headers) => {
    const answer = await get(await serve({ corsOrigins: [ORIGIN] }), { query: VERSION }, headers);
    expect([answer.status, answer.body]).toEqual([200, { data: { version: "v26.2.0" } }]);
  });

  it.each<Record<string, string>>([JSON_TYPE, { "apollo-require-preflight": "1" }, { "sec-fetch-site": "none" }, { authorization: "Bearer kg_x" }, GRAPHQL_TYPE])("cannot send a mutation by GET, even with %j", async (headers) => {
    const query = 'mutation { deleteIdentity(input: { id: "00000000-0000-4000-8000-000000000000" }) { deletedIdentityId } }';
    const before = kratos.seen.length;
    const answer = await get(closed, { query }, headers);
    expect([answer.status, answer.headers.allow, codesOf(answer), answer.body.data]).toEqual([405, "POST", ["BAD_REQUEST"], undefined]);
    expect(kratos.seen).toHaveLength(before);
  });

  it.each<Record<string, string>>([{ "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }, { origin: ORIGIN }, GRAPHQL_TYPE])("cannot send a form by POST, even with %j", async (headers) => {
    const facade = await serve({ corsOrigins: [ORIGIN] });
    const answer = await sendHttp(facade.url, { headers: { "content-type": "application/x-www-form-urlencoded", ...headers }, body: `query=${encodeURIComponent(VERSION)}` });
    expect([answer.status, answer.body.errors[0].message]).toEqual([400, expect.stringContaining("CSRF")]);
  });

  const preflight = (facade: FacadeUnderTest, origin: string) =>
    sendHttp(facade.url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" } });
  const simple = (facade: FacadeUnderTest, origin: string) => postJson(facade.url, { query: VERSION }, { origin });

  it("gets no CORS headers unless its origin is configured", async () => {
    for (const ask of [preflight, simple]) {
      const { headers } = await ask(closed, ORIGIN);
      expect(Object.keys(headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
    }
    const open = await serve({ corsOrigins: [ORIGIN, "https://admin.example.com"] });
    for (const ask of [preflight, simple]) {
      const { headers } = await ask(open, ORIGIN);
      expect([headers["access-control-allow-origin"], headers["access-control-allow-credentials"], headers.vary]).toEqual([ORIGIN, "true", expect.stringContaining("Origin")]);
      for (const stranger of ["https://evil.example.org", "https://app.example.com.evil.example.org", "http://app.example.com", "https://sub.app.example.com", "null", `${ORIGIN}:8443`]) {
        expect((await ask(open, stranger)).headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
  });
});

describe("a response that cannot be sent", () => {
  const DELETE = 'mutation { deleteIdentity(input: { id: "00000000-0000-4000-8000-000000000000" }) { deletedIdentityId } }';

  it.each(["text/html", "application/xml, text/*;q=0.5", "application/json;q=0", "multipart/mixed"])("because the client accepts only %j prevents the execution of a mutation", async (accept) => {
    const before = kratos.seen.length;
    const answer = await postJson(closed.url, { query: DELETE }, { accept });
    expect([answer.status, codesOf(answer)]).toEqual([406, ["BAD_REQUEST"]]);
    expect(answer.body.errors[0].message).toBe('The Accept header must allow a response of the type "application/json" or "application/graphql-response+json".');
    expect(kratos.seen).toHaveLength(before);
  });

  it.each([
    [undefined, "application/json; charset=utf-8"],
    ["", "application/json; charset=utf-8"],
    ["*/*", "application/json; charset=utf-8"],
    ["application/*", "application/json; charset=utf-8"],
    ["text/html, */*;q=0.1", "application/json; charset=utf-8"],
    ["application/graphql-response+json, application/json;q=0.9", "application/graphql-response+json; charset=utf-8"],
    ["application/json;q=0.1, application/graphql-response+json", "application/graphql-response+json; charset=utf-8"],
  ])("is another one than for a client that accepts %j", async (accept, type) => {
    const answer = await postJson(closed.url, { query: VERSION }, accept === undefined ? {} : { accept });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, type]);
  });

  it.each([[{}], [{ query: 1 }], [{ query: VERSION, variables: "x" }], [{ query: VERSION, variables: [] }], [{ query: VERSION, extensions: 1 }], [{ query: VERSION, operationName: {} }], [null], ["x"], [[]]])(
    "because an array has %j prevents the execution of the mutations in it",
    async (malformed) => {
      const facade = await serve({ batching: true });
      const before = kratos.seen.length;
      const answer = await postJson(facade.url, [{ query: DELETE }, malformed]);
      expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_REQUEST"]]);
      expect(answer.body.errors[0].message).toContain("Number 2 is not.");
      expect(kratos.seen).toHaveLength(before);
    },
  );
});

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });

it("a Content-Type with a long parameter is refused without searching it again and again", async () => {
  const headers = { "content-type": `application/json;charset=${" ".repeat(15_000)}x` };
  const responses = await Promise.all(Array.from({ length: 300 }, () => sendHttp(closed.url, { headers, body: JSON.stringify({ query: VERSION }) })));
  expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([415]));
});

describe("automatic persisted queries", () => {
  it("are registered with their text and used without it, by POST and by GET", async () => {
    const query = "{ persisted: version }";
    const extensions = persisted(sha256(query));
    expect(codesOf(await postJson(closed.url, { extensions }))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
    const data = { persisted: "v26.2.0" };
    expect((await postJson(closed.url, { query, extensions })).body).toEqual({ data });
    for (const { body } of await thrice(() => postJson(closed.url, { extensions }))) expect(body).toEqual({ data });
    expect((await get(closed, { extensions: JSON.stringify(extensions) })).body).toEqual({ data });
  });

  it("are registered only under their own hash", async () => {
    const extensions = persisted(sha256("{ other: version }"));
    const answer = await postJson(closed.url, { query: VERSION, extensions });
    expect([answer.status, codesOf(answer), answer.body.data]).toEqual([400, ["PERSISTED_QUERY_HASH_MISMATCH"], undefined]);
    expect(answer.body.errors[0].message).toContain("must be the SHA-256 of the query");
    expect(codesOf(await postJson(closed.url, { extensions }))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
  });

  it("are not registered if they are invalid or too large", async () => {
    for (const query of ["{ nothing }", `{ ${Array.from({ length: 60 }, (_, at) => `a${at}: version`).join(" ")} }`]) {
      const extensions = persisted(sha256(query));
      expect((await postJson(closed.url, { query, extensions })).status).toBe(400);
      expect(codesOf(await postJson(closed.url, { extensions }))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
    }
  });

  it("are evicted, oldest first, above 30 MiB", async () => {
    const facade = await serve();
    const texts = Array.from({ length: 330 }, (_, at) => `{ version } #${at} ${"x".repeat(99_000)}`);
    for (const query of texts) expect((await postJson(facade.url, { query, extensions: persisted(sha256(query)) })).status).toBe(200);
    expect(codesOf(await postJson(facade.url, { extensions: persisted(sha256(texts[0]!)) }))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
    expect((await postJson(facade.url, { extensions: persisted(sha256(texts[329]!)) })).status).toBe(200);
  });
});

describe("with a safelist", () => {
  const LISTED = "query Version {\n  version\n}";
  const DELETE = "mutation Delete($id: ID!) {\n  deleteIdentity(input: { id: $id }) {\n    userErrors {\n      code\n    }\n  }\n}";
  const body = [
    ["Version", "query", LISTED],
    ["Delete", "mutation", DELETE],
  ].map(([name, type, text]) => ({ id: sha256(text!), name, type, body: text }));
  /** A manifest of `generate-persisted-query-manifest`. */
  const MANIFEST = JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations: body }, null, 2);
  const data = { version: "v26.2.0" };
  const { kratos, facade } = useFacade(() => startScriptedKratos("v26.2.0"), { ...CLOSED, safelist: MANIFEST, batching: true, introspection: true });

  it("answers its operations by ID and by exact text", async () => {
    for (const request of [{ extensions: persisted(sha256(LISTED)) }, { query: LISTED }, { query: LISTED, extensions: persisted(sha256(LISTED)) }]) {
      for (const answer of await thrice(() => postJson(facade.url, request))) expect(answer.body).toEqual({ data });
    }
    expect((await get(facade, { query: LISTED })).body).toEqual({ data });
    expect((await get(facade, { extensions: JSON.stringify(persisted(sha256(LISTED))) })).body).toEqual({ data });
    const { body } = await postJson(facade.url, { extensions: persisted(sha256(DELETE)), variables: { id: "x" } });
    expect(body.data.deleteIdentity.userErrors).toEqual([{ code: "NOT_FOUND" }]);
  });

  it.each([
    VERSION,
    `${LISTED} `,
    `${LISTED} query More { version }`,
    "query Version { version }",
    "{ __schema { queryType { name } } }",
    "{ this is no GraphQL",
    "",
  ])("rejects another operation without parsing it: %j", async (query) => {
    const before = kratos.seen.length;
    const refused = [
      await postJson(facade.url, { query }),
      await postJson(facade.url, { query, operationName: "Version", extensions: persisted(sha256(query)) }),
      await postJson(facade.url, [{ query: LISTED }, { query }]),
      await get(facade, { query }),
      await get(facade, { query }, JSON_TYPE, JSON.stringify({ query: LISTED })),
      await get(facade, { query }, JSON_TYPE, JSON.stringify([])),
      await get(facade, { query }, JSON_TYPE, JSON.stringify({ extensions: persisted(sha256(LISTED)) })),
      await sendHttp(facade.url, { path: `/graphql?query=${encodeURIComponent(LISTED)}`, headers: JSON_TYPE, body: JSON.stringify({ query }) }),
    ];
    for (const answer of refused) expect([answer.status, codesOf(answer)]).toEqual([400, ["OPERATION_NOT_ON_SAFELIST"]]);
    expect(kratos.seen).toHaveLength(before);
  });

  it("registers no further operation", async () => {
    const extensions = persisted(sha256(VERSION));
    await postJson(facade.url, { query: VERSION, extensions });
    await get(facade, { query: VERSION, extensions: JSON.stringify(extensions) }, JSON_TYPE, JSON.stringify({ query: LISTED }));
    expect(codesOf(await postJson(facade.url, { extensions }))).toEqual(["PERSISTED_QUERY_NOT_FOUND"]);
  });

  it.each([[["{ version }"]], [[LISTED]], [{ kind: "Document" }], [1], [null], [true]])("rejects a query that is not a string: %j", async (query) => {
    const answer = await postJson(facade.url, { query });
    expect([answer.status, answer.body.data]).toEqual([400, undefined]);
  });

  it.each(["toString", "__proto__", "apq:", `apq:${sha256(LISTED)}x`, ""])("does not find the invalid ID %j", async (id) => {
    const answer = await postJson(facade.url, { extensions: persisted(id) });
    expect(answer.body.data).toBeUndefined();
    expect(answer.body.errors).toHaveLength(1);
  });
});

describe("the X-Request-Id header of a response", () => {
  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  const idOf = async (given?: string) => (await postJson(closed.url, { query: VERSION }, given === undefined ? {} : { "x-request-id": given })).headers["x-request-id"];

  it.each(["req-1", "0af7651916cd43dd8448eb211c80319c", "a.b_c:d-E", "x".repeat(128)])("is the caller's request ID %j", async (given) => {
    expect(await idOf(given)).toBe(given);
  });

  it.each([undefined, "", "with blank", "x".repeat(129), "a,b", '{"level":60}', "ü", "a\tb"])("is a new request ID in place of %j", async (given) => {
    expect(await idOf(given)).toMatch(UUID);
  });

  it("is present on errors and unknown paths", async () => {
    expect((await sendHttp(closed.url, { method: "GET", path: "/nowhere" })).headers["x-request-id"]).toMatch(UUID);
    expect((await sendHttp(closed.url, { headers: JSON_TYPE, body: "{" })).headers["x-request-id"]).toMatch(UUID);
  });
});
