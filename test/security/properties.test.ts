/*
 * Whatever a caller sends, Kratos gets only requests that this server intends, and every error has a code. The seed is fixed,
 * so that the tests are reproducible. To test more input:
 *
 *     FAST_CHECK_SEED=$RANDOM FAST_CHECK_RUNS=1000 npx jest --selectProjects security -- properties
 *
 * A failure prints its seed and the smallest input that fails. Add a named test for it.
 */
import fc from "fast-check";
import { getNamedType, getNullableType, isInputObjectType, isListType, isNonNullType, type GraphQLInputObjectType, type GraphQLInputType } from "graphql";
import { request } from "node:http";
import pino from "pino";
import { startFakeKratos } from "../fake-kratos/index.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import type { RecordedRequest } from "../support/recording-proxy.js";
import { operationsOf } from "../support/schema-walk.js";
import { dataOf, useRecordedFacade } from "../support/use-facade.js";

const SEED = Number(process.env["FAST_CHECK_SEED"] ?? 20261122);
const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 8);

const OPERATIONS = operationsOf(buildFacadeSchema().schema);
const CODES = ["BAD_USER_INPUT", "FORBIDDEN", "GRAPHQL_VALIDATION_FAILED", "OPERATION_TOO_LARGE", "BAD_REQUEST", "UNSUPPORTED_BY_KRATOS"];

/** The ID of an identity of the current fake Kratos. A mutation may delete it. */
let knownId = "";

const NASTY = [
  "", ".", "..", "../version", "..%2f..", "%2e%2e", "/", "//evil.example", "a/b", "a?b=c", "a#b", "a&ids=b", "a;b", "\\", "\0", "a\r\nHost: evil.example",
  "http://evil.example/", "@evil.example", ":80", "stub:500", "default", "device", "__proto__", "constructor", "null", "\ud800", "😀", "٣", " ", "*", "%", "%00", "1h", "-1h",
];
const utf16 = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units));
const base64url = (text: string) => Buffer.from(text).toString("base64url");
const text: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.constantFrom(...NASTY).chain((nasty) => fc.uuid().map((id) => id + nasty)),
  utf16,
  fc.string({ unit: "grapheme" }),
  fc.uuid(),
  fc.uuid().map((id) => id.toUpperCase()),
  fc.constant(0).map(() => knownId),
  fc.tuple(fc.uuid(), fc.oneof(fc.nat().map(String), fc.constantFrom(...NASTY))).map(([id, index]) => base64url(`${id}:${index}`)),
  fc.constantFrom(...NASTY).map(base64url),
  fc.tuple(fc.constantFrom("sessions", "courierMessages", "identitySchemas"), fc.nat(), fc.constantFrom(...NASTY)).map((parts) => base64url(parts.join(":"))),
  fc.tuple(fc.double(), fc.constantFrom("h", "m", "ns", "d", "")).map(([number, unit]) => `${number}${unit}`),
);
const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, text, fc.integer(), fc.double({ noNaN: true }), fc.boolean(), fc.constant(null), tie("object"), fc.array(tie("value"), { maxLength: 3 })),
  object: fc.dictionary(fc.oneof(text, fc.constantFrom("email", "name", "age", "tags", "serial")), tie("value"), { maxKeys: 4 }),
})).value;
const traits = fc.oneof(fc.dictionary(text, json, { maxKeys: 3 }), fc.record({ email: fc.oneof(fc.emailAddress(), text), age: json, name: json, tags: json }, { requiredKeys: [] }));
const reference = fc.record({ __typename: fc.oneof(fc.constantFrom("Identity", "IdentitySchema", "Session"), text), id: fc.oneof(text, json), externalId: fc.oneof(text, json) }, { requiredKeys: [] });

const BY_TYPE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Int: fc.oneof(fc.integer(), fc.integer({ min: 1, max: 250 })),
  JSONObject: traits,
  _Any: fc.oneof(reference, json),
};

/** Values for an argument, mostly of its type. */
function valueFor(type: GraphQLInputType): fc.Arbitrary<unknown> {
  const nullable = getNullableType(type);
  const named = getNamedType(type);
  const fitting = isListType(nullable)
    ? fc.array(valueFor(nullable.ofType as GraphQLInputType), { maxLength: 5 })
    : isInputObjectType(named)
      ? inputFor(named)
      : (BY_TYPE[named.name] ?? text);
  const odd = { arbitrary: json, weight: 1 };
  const none = { arbitrary: fc.constant(null), weight: isNonNullType(type) ? 0 : 3 };
  return fc.oneof({ arbitrary: fitting, weight: 20 }, odd, none);
}

function inputFor(type: GraphQLInputObjectType): fc.Arbitrary<unknown> {
  const fields = Object.values(type.getFields()).map((field) => ({ [field.name]: valueFor(field.type) }));
  return type.isOneOf ? fc.oneof(...fields.map((field) => fc.record(field))) : fc.record(Object.assign({}, ...fields) as (typeof fields)[number]);
}

/** A value for an argument, with the text in every place that takes a string. */
function nastyFor(type: GraphQLInputType, nasty: string): unknown {
  const nullable = getNullableType(type);
  const named = getNamedType(type);
  if (isListType(nullable)) return [nastyFor(nullable.ofType as GraphQLInputType, nasty)];
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields());
    const given = named.isOneOf ? [fields[NASTY.indexOf(nasty) % fields.length]!] : fields;
    return Object.fromEntries(given.map((field) => [field.name, nastyFor(field.type, nasty)]));
  }
  const other: Readonly<Record<string, unknown>> = { Int: 1, JSONObject: { [nasty]: nasty, email: nasty }, _Any: { __typename: "IdentitySchema", id: nasty } };
  return other[named.name] ?? nasty;
}

/** Header values that Node accepts. No others can reach the server. */
const header = fc.oneof(
  fc.array(fc.constantFrom(...Array.from({ length: 256 }, (_, unit) => unit).filter((unit) => unit === 9 || (unit > 31 && unit !== 127))), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom("a=b; c=d", "ory_st_abc", "evil.example", "evil.example:80", "localhost", "127.0.0.1:1/x?y#z", "../..", "x".repeat(3000)),
);
const headers = fc.record({ host: header, cookie: header, "x-session-token": header, "x-request-id": header, "x-forwarded-host": header }, { requiredKeys: [] });

const UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
/** Kratos takes a blank identifier for none. */
const NOT_BLANK = /\P{White_Space}/u;
const FLOW = /^GET \/self-service\/(login|registration|recovery|verification|settings)\/flows$/;
/** All requests that Kratos may get: method and path, and the keys and values of the query. */
const ASKED: Readonly<Record<string, readonly (readonly [RegExp, Record<string, RegExp>?])[]>> = {
  "v0.6.3-alpha.1": [
    [/^(GET \/identities)$/, { per_page: /^\d{1,3}$/, page: /^\d{1,10}$/ }],
    [/^POST \/identities$/],
    [new RegExp(`^(GET|PUT|DELETE) /identities/${UUID}$`, "i")],
    [/^GET \/schemas\/(?!\.{1,2}$)([\w.~!*'()-]|%[0-9A-F]{2})+$/],
    [/^POST \/recovery\/link$/],
  ],
  "v26.2.0": [
    [/^GET \/admin\/identities$/, { page_size: /^\d{1,3}$/, page_token: new RegExp(`^${UUID}$`), ids: new RegExp(`^${UUID}$`, "i"), organization_id: new RegExp(`^${UUID}$`), credentials_identifier: NOT_BLANK, preview_credentials_identifier_similar: NOT_BLANK, include_credential: /^(password|webauthn)$/ }],
    [/^GET \/admin\/identities\/by\/external\/(?!\.{1,2}$)([\w.~!*'()-]|%[0-9A-F]{2})+$/, { include_credential: /^(password|webauthn)$/ }],
    [/^(POST|PATCH) \/admin\/identities$/],
    [new RegExp(`^(GET|PATCH|DELETE) /admin/identities/${UUID}$`, "i"), { include_credential: /^(password|webauthn)$/ }],
    [/^GET \/schemas\/[\w-]+$/],
    [/^GET \/schemas$/, { page: /^\d{1,9}$/, per_page: /^\d{1,3}$/ }],
    [/^POST \/admin\/recovery\/link$/, { return_to: /^[^]/ }],
    [/^GET \/admin\/sessions$/, { page_size: /^\d{1,9}$/, page_token: /^[^:]+$/, active: /^(true|false)$/, expand: /^(devices|identity)$/ }],
    [new RegExp(`^(GET|DELETE) /admin/sessions/${UUID}$`, "i"), { expand: /^(devices|identity)$/ }],
    [new RegExp(`^PATCH /admin/sessions/${UUID}/extend$`, "i")],
    [new RegExp(`^(GET|DELETE) /admin/identities/${UUID}/sessions$`, "i"), { per_page: /^\d{1,3}$/, page: /^\d{1,10}$/ }],
    [/^GET \/admin\/courier\/messages$/, { page_size: /^\d{1,9}$/, page_token: /^[^:]+$/, status: /^(queued|sent|processing|abandoned)$/, recipient: /^[^]/ }],
    [new RegExp(`^GET /admin/courier/messages/${UUID}$`, "i")],
  ],
};
const ALWAYS: typeof ASKED[string] = [
  [/^GET \/version$/],
  [/^GET \/health\/(alive|ready)$/],
  [/^GET \/metrics\/prometheus$/],
  [FLOW, { id: /^/ }],
  [/^GET \/self-service\/errors$/, { error: /^/ }],
];
const HEADERS = ["host", "connection", "accept", "content-type", "content-length", "x-request-id"];

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("before a Kratos %s", (version) => {
  // Without a log: it would hold a caller's request ID, which here may be their cookie too.
  const { adminProxy, publicProxy, facade, cleanups } = useRecordedFacade(() => startFakeKratos({ version }), { logger: pino({ level: "silent" }) });

  beforeAll(async () => {
    const { identities } = dataOf(await facade.send("{ identities(first: 1) { edges { node { id } } } }"));
    knownId = identities.edges[0].node.id;
    cleanups.defer(async () => expect(dataOf(await facade.send("{ version }"))).toEqual({ version }));
  });

  function expectIntended({ method, path, headers }: RecordedRequest, host: string) {
    const [pathname = "", query = "", ...more] = path.split("?");
    const known = [...ALWAYS, ...ASKED[version]!].find(([pattern]) => pattern.test(`${method} ${pathname}`));
    expect({ path, known: known?.[0], more }).toEqual({ path, known: expect.any(RegExp), more: [] });
    expect(query).toMatch(/^([\w.*+=&-]|%[0-9A-F]{2})*$/);
    for (const [key, value] of new URLSearchParams(query)) expect([key, value]).toEqual([key, expect.stringMatching(known![1]?.[key] ?? /$^/)]);
    expect(headers.host).toBe(new URL(host).host);
    expect(headers["x-request-id"]).toMatch(/^[\w.:-]{1,128}$/);
    const ofFlows = FLOW.test(`${method} ${pathname}`) ? ["cookie", "x-session-token"] : [];
    expect(Object.keys(headers).filter((name) => ![...HEADERS, ...ofFlows].includes(name))).toEqual([]);
  }

  it.each(OPERATIONS.map((operation) => [operation.field, operation] as const))("%s sends only intended requests to Kratos, whatever the input", async (_, { text: query, args }) => {
    const variables = fc.record(Object.fromEntries(args.map(({ name, type }) => [name, valueFor(type)])));
    const examples = NASTY.map((nasty): [Record<string, unknown>, object] => [Object.fromEntries(args.map(({ name, type }) => [name, nastyFor(type, nasty)])), {}]);
    const property = fc.asyncProperty(variables, headers, async (variables, headers) => {
      const { errors } = await post(facade.url, { query, variables }, headers);
      const [toAdmin, toPublic] = [adminProxy.seen.splice(0), publicProxy.seen.splice(0)];
      for (const seen of toAdmin) expectIntended(seen, adminProxy.url);
      for (const seen of toPublic) expectIntended(seen, publicProxy.url);
      expect((errors ?? []).filter(({ extensions }) => !CODES.includes(extensions?.code as string))).toEqual([]);
    });
    await fc.assert(property, args.length === 0 ? { seed: SEED, numRuns: 5 } : { seed: SEED, numRuns: NASTY.length + RUNS, examples });
  });

  it("an ID with a lone surrogate matches nothing", async () => {
    const query = `query ($id: ID!, $of: [_Any!]!) { identity(id: $id) { id } identitySchema(id: $id) { id } loginFlow(id: $id) { id } _entities(representations: $of) { __typename } }`;
    const of = ["Identity", "IdentitySchema"].map((type) => ({ __typename: type, id: "a\ud800" }));
    const reply = await facade.send(query, { id: "a\ud800", of });
    expect(reply.data).toEqual({ identity: null, identitySchema: null, loginFlow: null, _entities: [null, null] });
    expect(reply.errors).toMatchObject([{ path: ["identity"], extensions: { code: "BAD_USER_INPUT" } }]);
  });
});

/** Posts a request with any headers, including Host, which fetch does not allow. */
function post(url: string, body: object, headers: Record<string, string>): Promise<{ errors?: { message: string; extensions?: { code?: unknown } }[] }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => (answer.headers["content-type"]?.includes("json") ? resolve(JSON.parse(text)) : reject(new Error(`${answer.statusCode}: ${text}`))));
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}
