import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createTraitsLoader } from "../../src/commands/traits-schemas.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { createProcessMetrics } from "../../src/server/telemetry/metrics.js";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { writeFolder } from "../support/folder.js";
import { codesOf, fetchGraphQL, forwardTo, postJson, startLoopbackServer } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { dataOf, startFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

const ID = "11111111-1111-4111-8111-111111111111";
const IDENTITY = { id: ID, schema_id: "customer", schema_url: "", traits: { email: "ann@example.com", locale: "en-US" } };
const STRING = { type: "string" };
const customer = (properties: object) => ({ properties: { traits: { type: "object", properties } } });

const FIRST = customer({ email: STRING, locale: { enum: ["en-US", "de"] } });
/** The locale is a text, and there is one more trait. */
const SECOND = customer({ email: STRING, locale: STRING, phone: STRING });
/** No field can be made of the trait. */
const BROKEN = customer({ email: STRING, "名前": STRING });

const READER = createApiKey("reader", ["identities:read"]);

const QUERY = `{ identity(id: "${ID}") { customerTraits { email locale } } }`;
const withLocale = (locale: string) => ({ data: { identity: { customerTraits: { email: "ann@example.com", locale } } } });
const OF_FIRST = withLocale("en_US");
const OF_SECOND = withLocale("en-US");

/** A Kratos whose identity schemas change, and which can hold requests for identities. */
async function startKratos(schemas: Record<string, object> = { customer: FIRST }) {
  const state = { schemas, isHolding: false };
  const script = (_: IncomingMessage, path: string): Scripted | undefined => {
    if (path.startsWith("/schemas?")) return { json: Object.entries(state.schemas).map(([id, schema]) => ({ id, schema })) };
    const schema = /^\/schemas\/([\w-]+)$/.exec(path)?.[1];
    if (schema) {
      const found = state.schemas[Buffer.from(schema, "base64url").toString()];
      return found ? { json: found } : { status: 404, json: { error: { code: 404 } } };
    }
    return path.startsWith("/admin/identities") ? { json: path.includes("ids=") ? [IDENTITY] : IDENTITY } : undefined;
  };
  const scripted = await stopAfterTest(startScriptedKratos("v26.2.0", script));
  const held: (() => void)[] = [];
  const forward = forwardTo(() => scripted.url);
  const gate = await stopAfterTest(startLoopbackServer((request, response) => {
    const pass = () => forward(request, response);
    if (state.isHolding && request.url!.startsWith("/admin/identities")) held.push(pass);
    else pass();
  }));
  const release = () => {
    state.isHolding = false;
    for (const pass of held.splice(0)) pass();
  };
  return { ...gate, adminUrl: gate.url, publicUrl: gate.url, seen: scripted.seen, state, held, release };
}

/** A facade with typed traits of a Kratos, its log and its metrics. */
async function startTyped({ source = "kratos", ...options }: FacadeTestOptions & { readonly source?: string } = {}, schemas?: Record<string, object>) {
  const kratos = await startKratos(schemas);
  const log = captureLog();
  const { registry } = createProcessMetrics();
  const traits = { trustsSchema: false, schemas: createTraitsLoader(source, log.logger) };
  const facade = await startFacade(kratos, { logger: log.logger, metrics: registry, traits, ...options });
  const linesOf = (text: string) => log.entries().filter(({ msg }) => String(msg).includes(text));
  return { kratos, facade, log, linesOf, scrape: () => registry.metrics(), ready: () => fetch(`${facade.url}/health/ready`).then((response) => response.json()) as Promise<any> };
}

const hashOf = (sdl: string) => `sha256:${createHash("sha256").update(sdl).digest("hex")}`;
const graphOf = (schema: object) => buildFacadeSchema({ traits: { trustsSchema: false, schemas: [{ name: "Customer", id: "customer", source: 'identity schema "customer"', schema }] } });
const HASH = hashOf(graphOf(FIRST).sdl);
const SECOND_HASH = hashOf(graphOf(SECOND).sdl);

it("serves the types of the identity schemas, and tells the hash of the SDL in the health check and a metric", async () => {
  const { facade, scrape, ready } = await startTyped();
  expect(await facade.send(QUERY)).toEqual({ ...OF_FIRST, errors: undefined });
  const { _service } = dataOf(await facade.send("{ _service { sdl } }"));
  expect(hashOf(_service.sdl)).toBe(HASH);
  expect((await ready()).schemaHash).toBe(HASH);
  expect(await scrape()).toContain(`\nkratos_graphql_schema_info{hash="${HASH}"} 1\n`);
  expect(await scrape()).toContain("\nkratos_graphql_traits_current 1\n");
});

it("tells the hash of the SDL of a server without typed traits, too", async () => {
  const { ready, scrape } = await startTyped({ traits: undefined });
  expect((await ready()).schemaHash).toBe(hashOf(buildFacadeSchema().sdl));
  expect(await scrape()).not.toContain("kratos_graphql_traits_current");
});

it("serves changed identity schemas without a failed request", async () => {
  const { kratos, facade, linesOf, scrape, ready } = await startTyped();
  let isOver = false;
  const replies: unknown[] = [];
  const ask = async () => {
    while (!isOver) replies.push(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY }));
  };
  const callers = Array.from({ length: 6 }, ask);
  for (let change = 1; change <= 4; change++) {
    const before = replies.length;
    await eventually("callers have got replies", () => replies.length > before + 20);
    kratos.state.schemas = { customer: change % 2 === 1 ? SECOND : FIRST };
    await facade.reloadTraits();
    // From now on: the operation was compiled for the previous schema.
    expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(change % 2 === 1 ? OF_SECOND : OF_FIRST);
  }
  isOver = true;
  await Promise.all(callers);
  const kinds = new Set(replies.map((reply) => JSON.stringify(reply)));
  expect(kinds).toEqual(new Set([JSON.stringify(OF_FIRST), JSON.stringify(OF_SECOND)]));
  expect(linesOf("The identity schemas have changed")).toHaveLength(4);
  expect(linesOf("The identity schemas have changed")[0]).toMatchObject({ level: 30, schemaHash: SECOND_HASH, before: HASH });
  expect((await ready()).schemaHash).toBe(HASH);
  expect((await scrape()).match(/^kratos_graphql_schema_info.*$/gm)).toEqual([`kratos_graphql_schema_info{hash="${HASH}"} 1`]);
});

it("completes running requests on the previous schema, and answers new ones with the new schema", async () => {
  const { kratos, facade } = await startTyped({}, { customer: SECOND });
  const gone = `{ identity(id: "${ID}") { customerTraits { phone locale } } }`;
  kratos.state.isHolding = true;
  const running = postJson(facade.url, { query: gone });
  await eventually("the request is running", () => kratos.held.length === 1);
  kratos.state.schemas = { customer: FIRST };
  await facade.reloadTraits();
  expect(codesOf(await postJson(facade.url, { query: gone }))).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
  kratos.release();
  expect((await running).body).toEqual({ data: { identity: { customerTraits: { phone: null, locale: "en-US" } } } });
  expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(OF_FIRST);
});

it("asks for the identity schemas every minute", async () => {
  let later = 0;
  const now = performance.now.bind(performance);
  const clock = jest.spyOn(performance, "now").mockImplementation(() => now() + later);
  try {
    const { kratos, linesOf } = await startTyped({ checkIntervalMs: 10 });
    const requests = () => kratos.seen.filter((request) => request.startsWith("GET /schemas?")).length;
    const checks = () => kratos.seen.filter((request) => request.endsWith("/version")).length;
    kratos.state.schemas = { customer: SECOND };
    later = 50_000;
    const before = checks();
    await eventually("the checks have run", () => checks() > before + 1);
    expect(requests()).toBe(1);
    later = 61_000;
    await eventually("the new schema is served", () => linesOf("The identity schemas have changed").length === 1);
    expect(requests()).toBe(2);
  } finally {
    clock.mockRestore();
  }
});

it.each([
  ["no types can be made of them", { customer: BROKEN }, "identity schema \"customer\": #/properties/traits/properties/名前: No GraphQL name can be made of"],
  ["they are no JSON Schemas", { customer: customer({ email: "string" }) }, "identity schema \"customer\": #/properties/traits/properties/email: Expected a JSON Schema of draft 7, but this must be object,boolean."],
  ["Kratos has none", {}, "TRAITS_SCHEMAS=kratos: Kratos has no identity schemas."],
])("keeps the previous schema if %s, says why once, and recovers", async (_, schemas, reason) => {
  const { kratos, facade, linesOf, scrape, ready } = await startTyped();
  kratos.state.schemas = schemas;
  for (let at = 0; at < 3; at++) await facade.reloadTraits();
  const lines = linesOf("cannot be used");
  expect(lines).toEqual([expect.objectContaining({ level: 50, schemaHash: HASH, msg: expect.stringContaining(`The identity schemas cannot be used, so the previous ones remain in use: ${reason}`) })]);
  expect(await scrape()).toMatch(/\nkratos_graphql_traits_current 0\n[^]*\nkratos_graphql_traits_problem\{reason="schemas"\} 1\n/);
  expect(await ready()).toMatchObject({ schemaHash: HASH });
  expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(OF_FIRST);

  kratos.state.schemas = { customer: SECOND };
  await facade.reloadTraits();
  expect(linesOf("The identity schemas can be used again.")).toHaveLength(1);
  expect(await scrape()).toContain("\nkratos_graphql_traits_current 1\n");
  expect(await scrape()).not.toContain("kratos_graphql_traits_problem{");
  expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(OF_SECOND);
});

it("keeps the schema while Kratos is unavailable, and says so once each time", async () => {
  const { kratos, facade, linesOf, scrape } = await startTyped();
  for (const time of [1, 2]) {
    await kratos.disconnect();
    for (let at = 0; at < 2; at++) await facade.reloadTraits();
    expect(linesOf("cannot be used")).toHaveLength(time);
    expect(await scrape()).toMatch(/\nkratos_graphql_traits_current 0\n[^]*\nkratos_graphql_traits_problem\{reason="kratos"\} 1\n/);
    expect(dataOf(await facade.send("{ __type(name: \"CustomerTraits\") { name } }"))).toEqual({ __type: { name: "CustomerTraits" } });
    await kratos.reconnect();
    await facade.reloadTraits();
    expect(linesOf("can be used again")).toHaveLength(time);
    expect(await scrape()).toContain("\nkratos_graphql_traits_current 1\n");
  }
});

it("does not take a change that results in another hash than SCHEMA_HASH", async () => {
  const { kratos, facade, linesOf, scrape } = await startTyped({ schemaHash: HASH });
  kratos.state.schemas = { customer: SECOND };
  for (let at = 0; at < 2; at++) await facade.reloadTraits();
  const [line, ...others] = linesOf("cannot be used");
  expect(others).toEqual([]);
  expect(line!["msg"]).toContain(`SCHEMA_HASH is ${HASH}, but the schema of this deployment has the hash ${SECOND_HASH}.`);
  expect(await scrape()).toMatch(/\nkratos_graphql_traits_current 0\n[^]*\nkratos_graphql_traits_problem\{reason="hash"\} 1\n/);
  expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(OF_FIRST);
});

it("is not ready before Kratos has returned the identity schemas, refuses requests until then, and needs no restart", async () => {
  const kratos = await startKratos();
  await kratos.disconnect();
  const log = captureLog();
  const traits = { trustsSchema: false, schemas: createTraitsLoader("kratos", log.logger) };
  const facade = await startFacade(kratos, { logger: log.logger, traits });
  const refused = await postJson(facade.url, { query: QUERY });
  expect([refused.status, refused.headers["retry-after"], codesOf(refused)]).toEqual([503, "5", ["KRATOS_UNAVAILABLE"]]);
  const ready = await fetch(`${facade.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ status: "unavailable", errors: [expect.objectContaining({ name: "kratos" }), { name: "identity schemas", message: "The identity schemas have not been loaded, or cannot be used. For details, see the server log." }] });
  expect(log.entries().filter(({ level, msg }) => level === 50 && msg.startsWith("The identity schemas cannot be used, so there is no schema yet: Kratos could not be reached for"))).toHaveLength(1);

  await kratos.reconnect();
  await facade.reloadTraits();
  expect(await fetchGraphQL(`${facade.url}/graphql`, { query: QUERY })).toEqual(OF_FIRST);
  const loaded = log.entries().filter(({ msg }) => msg === `The identity schemas have been loaded. The schema has the hash ${HASH}.`);
  expect(loaded).toEqual([expect.objectContaining({ level: 30, schemaHash: HASH })]);
});

it("says once which identity schemas have no types because their IDs are not names, and what to write", async () => {
  const schemas = { customer: FIRST, "preset://email": FIRST, "1-a": FIRST, "ünï/ço de": FIRST };
  const { kratos, facade, linesOf } = await startTyped({}, schemas);
  kratos.state.schemas = { ...schemas, customer: SECOND };
  await facade.reloadTraits();
  const mapping = JSON.stringify({ Customer: "customer", Name1: "preset://email", Name2: "1-a", Name3: "ünï/ço de" });
  expect(linesOf("have no typed traits").map(({ level, msg }) => [level, msg])).toEqual([
    [40, `These identity schemas have no typed traits, because their IDs are not names: "preset://email", "1-a", "ünï/ço de". To choose names, set TRAITS_SCHEMAS to the path of a file, e.g. with ${mapping}.`],
  ]);
});

it("says once what stays JSON", async () => {
  const extra = customer({ email: STRING, extra: {} });
  const { kratos, facade, linesOf } = await startTyped({}, { customer: extra });
  kratos.state.schemas = { customer: customer({ email: STRING, extra: {}, more: STRING }) };
  await facade.reloadTraits();
  expect(linesOf("stays JSON").map(({ level, msg }) => [level, msg])).toEqual([[30, 'identity schema "customer": #/properties/traits/properties/extra stays JSON, because it has no `type`.']]);
});

it("makes required traits non-null with TRAITS_REQUIRED=trust only", async () => {
  const required = { properties: { traits: { type: "object", properties: { email: STRING }, required: ["email"] } } };
  for (const [trustsSchema, kind] of [[false, "SCALAR"], [true, "NON_NULL"]] as const) {
    const traits = { trustsSchema, schemas: [{ name: "Customer", id: "customer", source: "customer.json", schema: required }] };
    const { facade } = await startTyped({ traits });
    const { __type } = dataOf(await facade.send("{ __type(name: \"CustomerTraits\") { fields { type { kind } } } }"));
    expect(__type.fields).toEqual([{ type: { kind } }]);
  }
});

it("hides masked traits in typed traits, too", async () => {
  const { facade } = await startTyped({ traitsMask: ["email"], authentication: { apiKeys: parseApiKeys(READER.line) } });
  const authorization = { authorization: `Bearer ${READER.key}` };
  expect(dataOf(await facade.send(QUERY, {}, authorization))).toEqual({ identity: { customerTraits: { email: null, locale: "en_US" } } });
});

describe("the program", () => {
  it("reads a mapping and schemas from files, and reads them again on SIGHUP", async () => {
    const kratos = await startKratos({ customer: FIRST, "preset://email": FIRST });
    const files = await writeFolder({ "traits.json": { Customer: { id: "customer", file: "customer.schema.json" }, Person: "preset://email" }, "customer.schema.json": FIRST });
    const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, TRAITS_SCHEMAS: files.path("traits.json") });
    const url = await graphqlUrlOf(program);
    await program.waitFor(/"schemaHash":"(sha256:[\da-f]{64})","msg":"The schema has the hash \1\."/);
    const both = `{ identity(id: "${ID}") { customerTraits { email locale } personTraits { email } } }`;
    expect(await fetchGraphQL(url, { query: both })).toEqual({ data: { identity: { ...OF_FIRST.data.identity, personTraits: null } } });
    files.write({ "customer.schema.json": SECOND });
    program.kill("SIGHUP");
    await program.waitFor(/The identity schemas have changed\./);
    expect(await fetchGraphQL(url, { query: QUERY })).toEqual(OF_SECOND);
    files.write({ "customer.schema.json": "{" });
    program.kill("SIGHUP");
    await program.waitFor(/remain in use: \S+customer\.schema\.json: The file must be JSON; there is a syntax error/);
    expect(await fetchGraphQL(url, { query: QUERY })).toEqual(OF_SECOND);
    expect(await program.stop()).toBe(0);
  }, 30_000);

  it.each([
    ["a file that does not exist", {}, ["traits.json: The file cannot be read (ENOENT)."]],
    ["a file that is not JSON", { "traits.json": "Customer: customer" }, ["traits.json: The file must be JSON; there is a syntax error"]],
    ["a list", { "traits.json": ["customer"] }, ['traits.json: The file must map names to IDs of identity schemas, e.g. {"Customer": "customer"}.']],
    ["no name", { "traits.json": {} }, ['traits.json: The file must map names to IDs of identity schemas, e.g. {"Customer": "customer"}.']],
    [
      "several mistakes",
      { "traits.json": { lower: "customer", A: 3, "B/C": "customer", D: "nix", E: { id: "e", file: "e.json" }, F: { id: "f", file: "f.json" }, G: { id: "g", file: "g.json" }, Again: "customer" }, "f.json": "{", "g.json": { properties: 1 } },
      [
        'traits.json: #/lower: The name of an identity schema must begin with a capital letter and consist of ASCII letters, digits and "_", e.g. "Customer".',
        'traits.json: #/A: Expected the ID of an identity schema in Kratos, e.g. "customer", or an ID and the path of a file with the schema, e.g. {"id": "customer", "file": "customer.schema.json"}; received 3.',
        "traits.json: #/B~1C: The name of an identity schema must",
        'traits.json: #/B~1C: The identity schema "customer" is already called "lower". Remove one of the two names.',
        'traits.json: #/D: Kratos has no identity schema with the ID "nix". Its identity schemas are "customer", "device".',
        "e.json: The file cannot be read (ENOENT).",
        "f.json: The file must be JSON; there is a syntax error",
        "g.json: #/properties: Expected a JSON Schema of draft 7, but this must be object.",
        'traits.json: #/Again: The identity schema "customer" is already called "lower". Remove one of the two names.',
      ],
    ],
    [
      "schemas without types",
      { "traits.json": { Customer: { id: "customer", file: "customer.json" }, Other: { id: "other", file: "other.json" } }, "customer.json": BROKEN, "other.json": {} },
      ["customer.json: #/properties/traits/properties/名前: No GraphQL name can be made of \"名前\". Add a name", "other.json: #/properties/traits: The identity schema must describe the traits here"],
    ],
  ])("does not start with %s, and says what to write", async (_, written, problems) => {
    const kratos = await startKratos({ customer: FIRST, device: FIRST });
    const files = await writeFolder(written);
    const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, TRAITS_SCHEMAS: files.path("traits.json") });
    expect(await program.ended).toBe(1);
    for (const problem of problems) expect(program.stderr).toContain(problem);
    expect(program.stderr.trim().split("\n")).toHaveLength(problems.length);
  }, 30_000);

  it.each([
    ["TRAITS_SCHEMAS=kratos and a Kratos that does not list them", "v0.7.6-alpha.1", "TRAITS_SCHEMAS=kratos: listIdentitySchemas requires Kratos v0.8.0-alpha.2 or later. The connected Kratos is v0.7.6-alpha.1. Set TRAITS_SCHEMAS to the path of a file that maps names to IDs"],
    ["a Kratos without a public URL", "v26.2.0", "TRAITS_SCHEMAS: Since v0.7, Kratos serves listIdentitySchemas only on its public port. Set KRATOS_PUBLIC_URL to the URL of that port."],
  ])("does not start with %s", async (_, version, problem) => {
    const kratos = await stopAfterTest(startScriptedKratos(version));
    const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, TRAITS_SCHEMAS: "kratos" });
    expect(await program.ended).toBe(1);
    expect(program.stderr).toContain(problem);
  }, 30_000);

  it("does not start with another hash than SCHEMA_HASH, and says both", async () => {
    const program = await startCli({ SCHEMA_HASH: HASH, TRAITS_SCHEMAS: "off" });
    expect(await program.ended).toBe(1);
    expect(program.stderr).toContain(`kratos-graphql: SCHEMA_HASH is ${HASH}, but the schema of this deployment has the hash ${hashOf(buildFacadeSchema().sdl)}.`);
    const started = await startCli({ SCHEMA_HASH: hashOf(buildFacadeSchema().sdl), TRAITS_SCHEMAS: "off" });
    await graphqlUrlOf(started);
  }, 30_000);
});
