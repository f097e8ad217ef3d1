import { parse } from "graphql";
import { startFakeKratos } from "../fake-kratos/index.js";
import { createDocumentStore } from "../../src/server/document.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import type { Limits } from "../../src/server/limits/limits.js";
import { codesOf, postJson, sendHttp, type HttpResponse } from "../support/http.js";
import { useServers } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { createFacadeUnderTest, startFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";

/* No test measures time: if an attack were expensive to reject, it would exceed jest's timeout. */

const { kratos, proxy, byDefault, cheap, open } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startFakeKratos());
  const proxy = cleanups.use(await startRecordingProxy(kratos.adminUrl));
  const start = async (options: FacadeTestOptions) => cleanups.use(await createFacadeUnderTest({ adminUrl: proxy.url, publicUrl: kratos.publicUrl }, options));
  const byDefault = await start({ introspection: false });
  const cheap = await start({ introspection: false, limits: { cost: 1000 } });
  const open = await start({ introspection: true });
  return { kratos, proxy, byDefault, cheap, open };
});

function serve(limits: Partial<Limits> = {}, options: FacadeTestOptions = {}): Promise<FacadeUnderTest> {
  return startFacade({ adminUrl: proxy.url, publicUrl: kratos.publicUrl }, { introspection: false, limits, ...options });
}

/** Often enough for a query to run compiled at the end. It is compiled in the background. */
const TIMES = USES_BEFORE_COMPILATION + 2;
const tick = () => new Promise((resolve) => setTimeout(resolve, 5));

/** Sends an operation until it runs compiled. @returns all responses, and the number of requests to Kratos */
async function sendRepeatedly(facade: FacadeUnderTest, query: string, variables: object = {}, more: object = {}) {
  const before = proxy.seen.length;
  const answers: HttpResponse[] = [];
  for (let time = 0; time < TIMES; time++) {
    answers.push(await postJson(facade.url, { query, variables, ...more }, { "x-graphql-cost": "1" }));
    await tick();
  }
  return { answers, asked: proxy.seen.length - before };
}

/** @returns the error message */
async function expectTooLarge(facade: FacadeUnderTest, limit: string, query: string, variables: object = {}, more: object = {}): Promise<string> {
  const { answers, asked } = await sendRepeatedly(facade, query, variables, more);
  expect(asked).toBe(0);
  for (const { status, body } of answers) {
    expect([status, body.data]).toEqual([400, undefined]);
    expect(body.errors).toContainEqual(expect.objectContaining({ extensions: expect.objectContaining({ code: "OPERATION_TOO_LARGE", limit }) }));
  }
  return answers[0]!.body.errors.find((error: any) => error.extensions.limit === limit).message;
}

async function expectServed(facade: FacadeUnderTest, query: string, variables: object = {}, more: object = {}): Promise<HttpResponse[]> {
  const { answers } = await sendRepeatedly(facade, query, variables, more);
  for (const { status, body } of answers) expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
  return answers;
}

const repeat = (count: number, part: (at: number) => string) => Array.from({ length: count }, (_, at) => part(at)).join(" ");
/** A chain of fragments, each of which spreads the next one twice. */
const bomb = (type: string, levels: number, leaf: string) =>
  `${repeat(levels, (at) => `fragment F${at} on ${type} { ...F${at + 1} ...F${at + 1} }`)} fragment F${levels} on ${type} { ${leaf} }`;

describe("each limit allows an operation that is exactly at the limit, and rejects one more with both numbers", () => {
  const LIST = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename } }";
  const NONE = { __typename: "Identity", id: "none" };
  const NAMES = { rootFields: "number of root fields", aliases: "number of aliases", directives: "number of directives", tokens: "number of tokens" };
  it.each<[keyof Limits, number, string, string, string, object?, object?]>([
    ["depth", 4, "{ identities { edges { node { id } } } }", "{ identities { edges { node { schema { id } } } } }", "its depth is 5, but the limit is 4"],
    ["depth", 2, "{ _entities(representations: []) { ... on Identity { id } } }", "{ _entities(representations: []) { ... on Identity { schema { id } } } }", "is 3, but the limit is"],
    ["depth", 4, "{ ...A } fragment A on Query { identities { edges { ...B } } } fragment B on IdentityEdge { node { id } }", "{ ...A } fragment A on Query { identities { edges { ...B } } } fragment B on IdentityEdge { node { schema { id } } }", "is 5, but the limit is"],
    ["aliases", 2, "{ a: version b: version version }", "{ a: version b: version health { c: alive } }", "its number of aliases is 3, but the limit is 2"],
    ["aliases", 2, "{ a: version ...F } fragment F on Query { b: version }", "{ ...F } fragment F on Query { a: version b: version c: version }", "is 3, but the limit is"],
    ["rootFields", 2, "{ a: version version version }", "{ a: version ... { b: version } ...F } fragment F on Query { version }", "its number of root fields is 3, but the limit is 2"],
    ["directives", 2, "{ a: version @skip(if: false) version @include(if: true) }", "{ a: version @skip(if: false) version @include(if: true) @skip(if: false) }", "its number of directives is 3, but the limit is 2"],
    ["tokens", 10, `{ ${repeat(8, () => "version")} }`, `{ ${repeat(9, () => "version")} }`, "its number of tokens exceeds the limit of 10"],
    ["cost", 19, "{ identities(first: 3) { edges { node { id } } } }", "{ identities(first: 4) { edges { node { id } } } }", "its cost is 22, but the limit is 19"],
    ["cost", 12, LIST, LIST, "is 13, but the limit is", { of: [NONE, NONE] }, { of: [NONE, NONE, NONE] }],
  ])("%s of %i: %s", async (limit, most, within, beyond, message, variables = {}, more = {}) => {
    const facade = await serve({ [limit]: most });
    await expectServed(facade, within, variables);
    expect(await expectTooLarge(facade, (NAMES as Record<string, string>)[limit] ?? limit, beyond, more)).toContain(message);
  });

  it("applies to mutations, and executes none of them", async () => {
    const facade = await serve({ rootFields: 2, cost: 45 });
    const create = (at: number, more = "") => `m${at}: createIdentity(input: { schemaId: "default", traits: { email: "m${at}@example.com" } }) { userErrors { code } ${more} }`;
    await expectTooLarge(facade, "number of root fields", `mutation { ${repeat(3, create as (at: number) => string)} }`);
    await expectTooLarge(facade, "cost", `mutation { ${create(1)} ${create(2, "identity { schema { id } }")} }`);
  });
});

describe("with the default limits", () => {
  it.each<[string, string, string]>([
    ["nested fields", "depth", `{ ${repeat(100, () => "identities {")} edges ${repeat(100, () => "}")} }`],
    ["hundreds of aliases", "number of aliases", `{ ${repeat(600, (at) => `a${at}: version`)} }`],
    ["aliases in a fragment bomb", "number of aliases", `{ ...F0 } ${bomb("Query", 30, "a: version")}`],
    ["directives by the hundred", "number of directives", `{ ${repeat(240, () => "version @skip(if: false)")} }`],
    ["directives in a fragment bomb", "number of directives", `{ ...F0 } ${bomb("Query", 30, "version @skip(if: false)")}`],
    ["a thousand operations", "number of tokens", repeat(1000, (at) => `query Q${at} { version }`)],
    ["a very long document", "number of tokens", `{ ${repeat(100_000, () => "version")} }`],
    ["one field many times", "overlapping fields", `{ identities { edges { node { ${repeat(1900, () => "id")} } } } }`],
    ["fragments that overlap", "overlapping fields", `{ ${repeat(50, (at) => `...F${at}`)} } ${repeat(50, (at) => `fragment F${at} on Query { ${repeat(28, () => "version")} }`)}`],
    ["fragments by the hundred", "number of fragments", `{ ${repeat(180, (at) => `...F${at}`)} } ${repeat(180, (at) => `fragment F${at} on Query { version }`)}`],
    ["a chain of hundreds of fragments", "number of fragments", `{ ...F0 } ${repeat(200, (at) => `fragment F${at} on Query { ...F${at + 1} version }`)} fragment F200 on Query { version }`],
    ["one object many times", "number of pairs of fields with the same name", `{ ${repeat(390, () => "health { alive }")} }`],
    ["one object many times in fragments", "number of pairs of fields with the same name", `{ ${repeat(20, (at) => `...F${at}`)} } ${repeat(20, (at) => `fragment F${at} on Query { ${repeat(18, () => "health { alive }")} }`)}`],
    ["a long document", "number of characters", `{ ${repeat(100, (at) => `${"version".repeat(1300)}${at}`)} }`],
    ["a long alias", "length of a name", `query ($of: [_Any!]!) { ${"a".repeat(257)}: _entities(representations: $of) { __typename } }`],
    ["a long operation name", "length of a name", `query ${"q".repeat(257)}($v: Int) { version }`],
    ["a long name that does not exist", "length of a name", `{ ${"version".repeat(40)} }`],
    ["comments", "number of characters", `{ version } #${"-".repeat(100_000)}`],
    ["requests in a fragment bomb", "cost", `{ ...F0 } ${bomb("Query", 30, "version")}`],
    ["requests in a nested fragment bomb", "cost", `{ identities { edges { node { ...F0 } } } } ${bomb("Identity", 30, "schema { id }")}`],
    ["pages of pages", "cost", `{ ${repeat(4, (at) => `p${at}: identities(first: 250) { edges { node { schema { id } } } }`)} }`],
  ])("rejects %s", async (_, limit, query) => {
    await expectTooLarge(byDefault, limit, query);
  });

  it.each<[string, string, boolean?, object?]>([
    ["a fragment bomb that costs nothing", `{ ...F0 } ${bomb("Query", 30, "__typename")}`],
    ["a fragment bomb inside an object", `{ identities(first: 1) { ...F0 } } ${bomb("IdentityConnection", 30, "pageInfo { hasNextPage }")}`, true],
    ["a fragment bomb inside a list", `{ identities(first: 1) { edges { node { ...F0 } } } } ${bomb("Identity", 49, "id")}`],
    ["a fragment bomb of two types", `{ _entities(representations: []) { ...F0 } } ${bomb("_Entity", 30, "__typename ... on Identity { id }")}`],
    ["nested inline fragments", `{ ${repeat(600, () => "... {")} version ${repeat(600, () => "}")} }`],
    ["hundreds of operations", repeat(390, (at) => `query Q${at} { version }`), false, { operationName: "Q7" }],
    ["a spread with a directive many times", `{ ${repeat(45, () => "...F @include(if: true)")} } fragment F on Query { __typename }`],
  ])("handles %s, however often it comes", async (_, query, isDear = false, more = {}) => {
    if (isDear) await expectTooLarge(byDefault, "cost", query);
    else await expectServed(byDefault, query, {}, more);
  });

  it.each([
    ["fragments that spread each other", "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A version }"],
    ["a ring of fragments", `{ ...F0 } ${repeat(240, (at) => `fragment F${at} on Query { ...F${(at + 239) % 240} }`)}`],
    ["a ring of fragments that spread two", `{ ...F0 } ${repeat(190, (at) => `fragment F${at} on Query { ...F${(at + 1) % 190} ...F${(at + 2) % 190} }`)}`],
    ["a ring of fragments with objects, within the limit of fragments", `{ ...F0 } ${repeat(50, (at) => `fragment F${at} on Query { health { alive } ...F${(at + 49) % 50} }`)}`],
    ["an unknown field, a thousand times", `{ ${repeat(1000, (at) => `x${at}`)} }`],
    ["a variable, hundreds of times", `query (${repeat(490, (at) => `$v${at}: Int`)}) { version }`],
  ])("rejects %s as invalid", async (_, query) => {
    const { answers, asked } = await sendRepeatedly(byDefault, query);
    for (const { status, body } of answers) expect([status, body.data]).toEqual([400, undefined]);
    expect(asked).toBe(0);
  });

  it("rejects nested lists as such if MAX_TOKENS is higher", async () => {
    await expectTooLarge(await serve({ tokens: 20_000 }), "nesting", `{ identity(id: ${"[".repeat(9000)}${"]".repeat(9000)}) { id } }`);
  });

  it("limits the depth of introspection to what tools need", async () => {
    const deep = `{ __schema { types { ${repeat(10, () => "fields { type {")} name ${repeat(10, () => "} }")} } } }`;
    for (const { status } of (await sendRepeatedly(open, deep)).answers) expect(status).toBe(400);
    await expectTooLarge(open, "number of aliases", `{ ${repeat(60, (at) => `a${at}: __schema { types { fields { type { fields { name } } } } }`)} }`);
  });

  it("resolves 1,000 references, and rejects 1,001", async () => {
    const query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }";
    const of = (count: number) => ({ of: Array.from({ length: count }, () => ({ __typename: "Identity", id: "none" })) });
    await expectServed(byDefault, query, of(1000));
    const { answers, asked } = await sendRepeatedly(byDefault, query, of(1001));
    for (const answer of answers) {
      expect(codesOf(answer)).toEqual(["BAD_USER_INPUT"]);
      expect(answer.body.errors[0].message).toBe('"representations" must have at most 1000 items; received 1001.');
    }
    expect(asked).toBe(0);
  });
});

describe("an expensive operation is rejected however it is written:", () => {
  const PAGE = "edges { node { schema { id } } }";

  it.each<[string, string, object?, object?]>([
    ["plainly", `{ identities(first: 250) { ${PAGE} } }`],
    ["by a variable", `query ($n: Int) { identities(first: $n) { ${PAGE} } }`, { n: 250 }],
    ["by a variable's default", `query ($n: Int = 250) { identities(first: $n) { ${PAGE} } }`],
    ["by a variable with a cheaper default", `query ($n: Int = 1) { identities(first: $n) { ${PAGE} } }`, { n: 250 }],
    ["by a variable named like a property of Object.prototype", `query ($constructor: Int = 250) { identities(first: $constructor) { ${PAGE} } }`],
    ["with more than the maximum", `{ identities(first: 2147483647) { ${PAGE} } }`],
    ["by the default page size, twice", `{ a: identities { ${PAGE} } b: identities(first: null) { ${PAGE} } }`],
    ["in a fragment", `{ ...A } fragment A on Query { identities(first: 250) { ...B } } fragment B on IdentityConnection { ${PAGE} }`],
    ["in an inline fragment without a type", `{ ... { ... on Query { identities(first: 250) { ${PAGE} } } } }`],
    ["with directives that include it", `query ($no: Boolean = false) { identities(first: 250) @skip(if: $no) @include(if: true) { ${PAGE} } }`],
    ["in a fragment that is skipped where it is first spread", `query ($no: Boolean = false) { ...A @include(if: $no) ...A } fragment A on Query { identities(first: 250) { ${PAGE} } }`],
    ["as one of several operations", `query Cheap { version } query Dear { identities(first: 250) { ${PAGE} } }`, {}, { operationName: "Dear" }],
    ["by references", "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { schema { id } } } }", { of: Array(100).fill({ __typename: "Identity", id: "x" }) }],
    ["by references in the document", `{ _entities(representations: [${repeat(100, () => '"x"')}]) { ... on Identity { schema { id } } } }`],
    ["beside a page of negative size", `{ a: identities(first: -2147483648) { ${PAGE} } b: identities(first: 250) { ${PAGE} } }`],
  ])("%s", async (_, query, variables = {}, more = {}) => {
    await expectTooLarge(cheap, "cost", query, variables, more);
  });

  it("after cheaper variables with which the same query was executed and compiled", async () => {
    const query = `query ($n: Int) { identities(first: $n) { ${PAGE} } }`;
    await expectServed(cheap, query, { n: 2 });
    await expectTooLarge(cheap, "cost", query, { n: 250 });
  });

  it("except that what is skipped costs nothing", async () => {
    await expectServed(cheap, `query ($yes: Boolean!) { version identities(first: 250) @skip(if: $yes) { ${PAGE} } }`, { yes: true });
  });

  it.each([
    ["_entities", "query ($v: [_Any!] = []) { _entities(representations: $v) { __typename } version }"],
    ["@skip", "query ($v: Boolean = true) { version @skip(if: $v) }"],
    ["identity", 'query ($v: ID = "x") { identity(id: $v) { id } version }'],
  ])("with null in place of a default that %s requires, which is bad input", async (_, query) => {
    const { answers, asked } = await sendRepeatedly(cheap, query, { v: null });
    for (const answer of answers) expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_USER_INPUT"]]);
    expect(asked).toBe(0);
  });

  it.each([
    ["of an integer beyond 32 bits", "query ($v: Int) { identities(first: $v) { edges { cursor } } }", 2 ** 31],
    ["of a fraction", "query ($v: Int) { identities(first: $v) { edges { cursor } } }", 1.5],
    ["of another type", "query ($v: Int) { identities(first: $v) { edges { cursor } } }", "250"],
    ["of null in a list", "query ($v: [_Any!]!) { _entities(representations: $v) { __typename } }", [null]],
    ["of nested lists", "query ($v: ID!) { identity(id: $v) { id } }", JSON.parse("[".repeat(190) + "]".repeat(190))],
  ])("with a variable %s, which is bad input, compiled or not", async (_, query, v) => {
    const { answers, asked } = await sendRepeatedly(cheap, query, { v });
    for (const answer of answers) expect([answer.status, codesOf(answer)]).toEqual([400, ["BAD_USER_INPUT"]]);
    expect(asked).toBe(0);
  });
});

describe("an operation's cost", () => {
  const ALL = `id schemaId schemaUrl traits state metadataPublic metadataAdmin createdAt schema { id schema }
    verifiableAddresses { id value verified } recoveryAddresses { id value }`;
  const two = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id schema { id } } } }";
  it.each<[number, string, object?]>([
    [0, "{ __typename }"],
    [10, "{ version }"],
    [40, "{ health { alive } }"],
    [41, "{ health { alive errors { name } } }"],
    [12, '{ identity(id: "x") { id traits } }'],
    [11, '{ identity(id: "x") { a: id } }'],
    [23, '{ identity(id: "x") { a: traits b: traits c: metadataPublic d: metadataPublic schemaId e: schemaId } }'],
    [20, '{ identity(id: "x") { schema { id } } }'],
    [12, '{ identity(id: "x") { verifiableAddresses { value } recoveryAddresses { value } } }'],
    [19, "{ identities(first: 3) { edges { node { id } } } }"],
    [49, "{ identities(first: 3) { edges { node { schema { id } } } } }"],
    [160, "{ identities { edges { node { id } } } }"],
    [6010, `{ identities(first: 250) { edges { cursor node { ${ALL} } } pageInfo { endCursor } } }`],
    [32, two, { of: Array(2).fill({ __typename: "Identity", id: "x" }) }],
    [11_010, two, { of: Array(1000).fill({ __typename: "Identity", id: "x" }) }],
    [11, '{ loginFlow(id: "x") { ui { action } } }'],
    [20, '{ settingsFlow(id: "x") { identity { id } } }'],
    [20, '{ identitySchema(id: "default") { id } ...F } fragment F on Query { version }'],
    [21, 'mutation { deleteIdentity(input: { id: "x" }) { userErrors { code } } }'],
    [52, 'mutation { updateIdentity(input: { id: "x", traits: {} }) { identity { schema { id } } } deleteIdentity(input: { id: "x" }) { userErrors { code } } }'],
  ])("is %i for %s", async (requested, query, variables = {}) => {
    const { answers } = await sendRepeatedly(byDefault, query, variables);
    for (const { body } of answers) expect(body.extensions).toEqual({ cost: { requested, most: 10_000 } });
  });

  it("is returned only if the header asks for it, even if the operation is rejected", async () => {
    const page = { query: "{ identities(first: 250) { edges { node { id } } } }" };
    const tight = await serve({ cost: 100 }, { batching: true });
    const asked = await postJson(tight.url, page, { "x-graphql-cost": "1" });
    expect([codesOf(asked), asked.body.extensions]).toEqual([["OPERATION_TOO_LARGE"], { cost: { requested: 760, most: 100 } }]);
    expect((await postJson(tight.url, page)).body.extensions).toBeUndefined();
    expect((await postJson(byDefault.url, page)).body.extensions).toBeUndefined();
    const several = await postJson(tight.url, [page, { query: "{ version }" }], { "x-graphql-cost": "1" });
    expect(several.body.map((answer: any) => answer.extensions.cost.requested)).toEqual([760, 10]);
  });
});

describe("the JSON in an argument", () => {
  const input = (traits: string) => `mutation ($v: JSON) { createIdentity(input: { schemaId: "default", traits: ${traits} }) { identity { traits } userErrors { code } } }`;
  /** The input and the traits are a level each. */
  const literal = (levels: number, inner = "$v") => `{ email: "deep-${levels}@example.com", x: ${"{a:".repeat(levels - 2)}${inner}${"}".repeat(levels - 2)} }`;
  const json = (levels: number) => JSON.parse('{"a":'.repeat(levels) + "1" + "}".repeat(levels)) as object;

  it.each<[string, string, object]>([
    ["in the document", literal(201), { v: 1 }],
    ["in the document, in lists", `{ x: ${"[".repeat(199)}$v${"]".repeat(199)} }`, { v: 1 }],
    ["in the document and a variable together", literal(101), { v: json(100) }],
  ])("is rejected if it is nested too deeply %s", async (_, traits, variables) => {
    const facade = await serve({ tokens: 5000 });
    const before = proxy.seen.length;
    const { body } = await postJson(facade.url, { query: input(traits), variables });
    expect(body.errors).toMatchObject([{ message: "Lists and objects in an argument must be nested at most 200 levels deep.", extensions: { code: "BAD_USER_INPUT" } }]);
    expect(proxy.seen).toHaveLength(before);
  });

  it("is sent to Kratos if it is nested 200 levels deep", async () => {
    const { body } = await postJson(byDefault.url, { query: input(literal(100)), variables: { v: json(100) } });
    // The identity schema has no such trait.
    expect(body).toEqual({ data: { createIdentity: { identity: null, userErrors: [{ code: "INVALID" }] } } });
    expect(proxy.seen.at(-1)).toMatchObject({ method: "POST", path: "/admin/identities" });
  });
});

describe("a request is rejected before its operation is parsed", () => {
  const expectRefused = (answer: HttpResponse, status: number, message: string) => {
    expect([answer.status, codesOf(answer)]).toEqual([status, ["BAD_REQUEST"]]);
    expect(answer.body.errors[0].message).toContain(message);
  };

  it("if its body is too large", async () => {
    const facade = await serve({}, { maxBodyBytes: 2000 });
    const before = proxy.seen.length;
    expectRefused(await postJson(facade.url, { query: "{ version }", variables: { x: "x".repeat(2000) } }), 413, "2000 bytes");
    expect(proxy.seen).toHaveLength(before);
  });

  it.each(["POST", "GET"])("if its body is nested too deeply (%s)", async (method) => {
    const facade = await serve();
    const before = proxy.seen.length;
    for (const deep of ["[".repeat(100_000) + "]".repeat(100_000), '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000)]) {
      const body = `{"query":"mutation ($i: CreateIdentityInput!) { createIdentity(input: $i) { userErrors { code } } }","variables":{"i":{"schemaId":"default","traits":{"a":${deep}}}}}`;
      expectRefused(await sendHttp(facade.url, { method, headers: { "content-type": "application/json" }, body }), 400, "At most 200 levels are allowed.");
    }
    expect(proxy.seen).toHaveLength(before);
  });

  it("if it is an array of more than ten operations", async () => {
    const facade = await serve({}, { batching: true });
    const before = proxy.seen.length;
    expectRefused(await postJson(facade.url, Array(11).fill({ query: "{ version }" })), 400, "A batch may contain at most 10 operations; received 11.");
    expect(proxy.seen).toHaveLength(before);
  });
});

it("an operation with names from Object.prototype gets the same response, compiled or not", async () => {
  const facade = await serve();
  const query = "query ($toString: Int) { constructor: version ...hasOwnProperty } fragment hasOwnProperty on Query { identities(first: $toString) { edges { cursor } } }";
  const answers = await expectServed(facade, query);
  for (const { body } of answers) expect(body).toEqual(answers[0]!.body);
  expect(answers[0]!.body.data.identities.edges.length).toBeGreaterThan(20);
});

it("a fragment that is skipped in one place is included in another, compiled or not", async () => {
  const facade = await serve();
  const query = "query ($no: Boolean!) { a: health { ...H @include(if: $no) ready } b: health { ...H } ...Q @include(if: $no) ...Q } fragment H on Health { alive } fragment Q on Query { version }";
  for (const { body } of await expectServed(facade, query, { no: false })) {
    expect(body.data).toEqual({ a: { ready: true }, b: { alive: true }, version: "v26.2.0" });
  }
});

it("at most 1,000 documents are cached, and 20 MB of memory, which each token and the comments take", async () => {
  const store = createDocumentStore();
  for (const key of ["a", "b", "c"]) await store.set(key, parse(`{ version } # ${"x".repeat(8_000_000)}`));
  expect(store.keys().sort()).toEqual(["b", "c"]);
  for (let at = 0; at < 100; at++) await store.set(`tokens ${at}`, parse(`{ ${repeat(990, () => "... {")} version ${repeat(990, () => "}")} }`));
  expect(store.keys().length).toBeLessThan(40);
  for (let at = 0; at < 1200; at++) await store.set(`small ${at}`, parse("{ version }"));
  expect(store.keys()).toHaveLength(1000);
});

describe("limits on variables and operation names", () => {
  // Detects the version.
  beforeAll(() => open.send("{ version }"));

  beforeEach(() => void proxy.take());

  describe("one large value that is used many times", () => {
    const large = "x".repeat(300_000);

    it.each([
      ["as a reference", `query ($v: _Any!) { _entities(representations: [${repeat(900, () => "$v")}]) { __typename } }`, { v: { __typename: "Nobody", large } }],
      ["as a cursor", `query ($v: String!) { ${repeat(20, (at) => `a${at}: identities(after: $v) { pageInfo { endCursor } }`)} }`, { v: large }],
      ["as a trait", `mutation ($v: JSON!) { createIdentity(input: { schemaId: "default", traits: { ${repeat(50, (at) => `k${at}: $v`)} } }) { userErrors { code message path } } }`, { v: large }],
    ])("%s is neither repeated in the response nor sent to Kratos", async (_name, query, variables) => {
      const response = await fetch(`${open.url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ query, variables }),
      });
      const text = await response.text();
      expect(text.length).toBeLessThan(500_000);
      expect(text).toMatch(/BAD_USER_INPUT|INVALID/);
      expect(text).not.toContain("xxx");
      expect(proxy.take()).toEqual([]);
    });
  });

  it("1,000 references to schemas cost as much as their requests to Kratos", async () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }`;
    const { errors } = await open.send(query, { r: Array.from({ length: 1000 }, (_, at) => ({ __typename: "IdentitySchema", id: `schema-${at}` })) });
    expect(errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code: "OPERATION_TOO_LARGE" }) })]);
    expect(proxy.take()).toEqual([]);
  });

  it("a document with several operations and no operation name is bad input", async () => {
    for (const body of [{ query: "query A { version } query B { version }" }, { query: "query A { version }", operationName: "C" }]) {
      const response = await fetch(`${open.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
      expect([response.status, ((await response.json()) as any).errors[0].extensions.code]).toEqual([400, "OPERATION_RESOLUTION_FAILURE"]);
    }
  });
});
