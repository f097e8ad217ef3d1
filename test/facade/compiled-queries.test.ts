/*
 * Compiled queries return what graphql-js returns: values, the order of keys, errors and their locations. Only the order of the
 * errors may differ. The seed of the random queries is fixed, so that the test is reproducible. To test more of them:
 *
 *     FAST_CHECK_SEED=$RANDOM FAST_CHECK_RUNS=6000 npx jest --selectProjects facade -- compiled-queries
 */
import { unwrapResolverError } from "@apollo/server/errors";
import fc, { type GeneratorValue } from "fast-check";
import {
  execute,
  getNamedType,
  isLeafType,
  isObjectType,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type OperationDefinitionNode,
} from "graphql";
import { createContext, type FacadeContext } from "../../src/graphql/context.js";
import { formatError } from "../../src/graphql/errors.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { ANYBODY, SCOPES, type Caller } from "../../src/graphql/scopes.js";
import { KratosNotFoundError, KratosUnavailableError, type Kratos } from "../../src/kratos/index.js";
import { createCompiledExecution, type CompiledExecution, USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";

const SEED = Number(process.env["FAST_CHECK_SEED"] ?? 20261125);
const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 200);

const { schema } = buildFacadeSchema();
const format = (error: GraphQLError) => formatError(error.toJSON(), unwrapResolverError(error));
const createExecution = () => createCompiledExecution(schema, (errors) => errors.map(format));

/**
 * A Kratos whose answers depend on the seed and the call only, so that both executors get the same.
 * @param oddness how many of 1,000 values do not fit, and how many of 1,000 calls fail
 */
function createKratos(seed: number, oddness: number): Kratos {
  /** A number from 0 to `below` for what is asked. */
  const draw = (what: string, below: number): number => {
    let hash = seed;
    for (const character of what) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
    return ((hash ^ (hash >>> 13)) >>> 0) % below;
  };
  const ODD: readonly unknown[] = [null, undefined, { a: 1 }, 5, "", [], [null], "text", Number.NaN, true];
  const odd = (what: string, value: unknown): unknown => (draw(`${what} odd`, 1000) < oddness ? ODD[draw(`${what} which`, ODD.length)] : value);
  const oddly = (what: string, object: Record<string, unknown>) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, odd(`${what}.${key}`, value)]));
  const list = (what: string, item: (what: string) => unknown) => Array.from({ length: draw(`${what} length`, 4) }, (_, at) => odd(`${what}[${at}]`, item(`${what}[${at}]`)));
  const answer = async <T>(what: string, create: () => T): Promise<T> => {
    for (let turn = draw(`${what} turns`, 4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve));
    const fate = draw(`${what} fate`, 1000);
    if (fate < oddness) throw new KratosUnavailableError("getIdentity", "Kratos cannot be reached.", {});
    if (fate < 2 * oddness) throw new TypeError("a bug");
    if (fate < 3 * oddness) throw new KratosNotFoundError("getIdentity");
    return create();
  };
  const at = "2026-01-01T00:00:00Z";
  const text = (what: string) => oddly(what, { id: draw(what, 9), text: what, type: "info", context: {} });
  const addressOf = (what: string) => oddly(what, { id: what, value: what, verified: true, via: "email", status: "pending", created_at: at, updated_at: at });
  const identity = (what: string) =>
    oddly(what, {
      id: "11111111-1111-4111-8111-11111111111" + draw(what, 10),
      schema_id: "default",
      schema_url: "http://kratos/schemas/default",
      traits: { email: what },
      state: "active",
      metadata_public: { a: 1 },
      metadata_admin: { b: 1 },
      created_at: at,
      verifiable_addresses: odd(`${what} list`, list(`${what}.verifiable`, addressOf)),
      recovery_addresses: odd(`${what} list2`, list(`${what}.recovery`, addressOf)),
    });
  const NODES = ["input", "text", "img", "a", "script", "other"];
  const node = (what: string) => {
    const type = NODES[draw(`${what} type`, NODES.length)]!;
    const attributes = oddly(`${what}.attributes`, { node_type: type, name: "n", type: "text", disabled: false, required: true, text: text(`${what}.text`), id: "i", src: "s", href: "h", title: text(`${what}.title`), async: true, crossorigin: "", integrity: "", nonce: "", referrerpolicy: "" });
    return oddly(what, { type, group: "default", attributes, messages: list(`${what}.messages`, text), meta: oddly(`${what}.meta`, { label: text(`${what}.label`) }) });
  };
  const flow = (what: string) =>
    oddly(what, {
      id: what, type: "browser", issued_at: at, expires_at: at, request_url: "http://kratos/", state: "choose_method", identity: identity(`${what}.identity`),
      ui: oddly(`${what}.ui`, { action: "a", method: "POST", messages: list(`${what}.messages`, text), nodes: list(`${what}.nodes`, node) }),
    });
  const found = (kind: string, create: (what: string) => unknown) => (ids: readonly string[]) =>
    answer(kind, () => new Map(ids.filter((id) => draw(`${kind} ${id} exists`, 5) > 0).map((id) => [id, draw(`${kind} ${id} fails`, 1000) < oddness ? new KratosUnavailableError("getIdentity", "Not this one.", {}) : create(`${kind} ${id}`)])));
  return {
    identities: {
      find: found("identity", identity),
      list: (count: number) => answer(`list ${count}`, () => ({ identities: list("list", identity), hasNextPage: true })),
    },
    schemas: { find: found("schema", (what) => odd(what, { title: what })) },
    flows: { get: (kind: string, id: string) => answer(`${kind} ${id}`, () => flow(`${kind} ${id}`)) },
    selfServiceErrors: { get: (id: string) => answer(`error ${id}`, () => ({ id, errors: list("errors", (what) => oddly(what, { message: "m", code: 500 })) })) },
    system: {
      version: () => answer("version", () => odd("version", "v26.2.0")),
      metrics: () => answer("metrics", () => odd("metrics", "# none")),
      check: () => answer("check", () => ({ alive: odd("alive", true), ready: odd("ready", true), failing: list("failing", (what) => odd(what, "database")) })),
    },
  } as unknown as Kratos;
}

const VALUES: Readonly<Record<string, readonly string[]>> = {
  id: ['"11111111-1111-4111-8111-111111111111"', '"22222222-2222-4222-8222-222222222222"', '"x"', "$id"],
  first: ["1", "3", "null", "$first", "500"],
  after: ["null", '"x"'],
  representations: ['[{ __typename: "Identity", id: "11111111-1111-4111-8111-111111111111" }, { __typename: "IdentitySchema", id: "default" }, { __typename: "Order" }]', "$of", "[]"],
  sessionToken: ['"token"', "null"],
  name: ['"Identity"'],
};

/** Writes a random query. Not every one is valid. */
function writeQuery(g: GeneratorValue): string {
  const fragments = new Map<string, string>();
  const chance = (percent: number) => g(fc.nat, { max: 99 }) < percent;
  const pick = <T>(from: readonly T[]): T => from[g(fc.nat, { max: from.length - 1 })]!;

  const field = (type: GraphQLObjectType, name: string, depth: number): string => {
    const { args, type: result } = type.getFields()[name]!;
    const given = args.filter(({ name, type }) => String(type).endsWith("!") || (name !== "sessionToken" && chance(60)));
    const written = given.map(({ name }) => `${name}: ${pick(VALUES[name] ?? ["null"])}`);
    // The alias says what the arguments are, so that most fields of the same name can be merged.
    const alias = chance(40) || written.length > 0 ? `${pick(["a", "b"])}_${name}_${written.join("_").replace(/\W+/g, "_")}: ` : "";
    const named = getNamedType(result);
    return `${alias}${name}${written.length > 0 ? `(${written.join(", ")})` : ""} ${isLeafType(named) ? "" : selections(named, depth + 1)}`;
  };

  const selections = (type: GraphQLNamedType, depth: number): string => {
    const objects = isObjectType(type) ? [type] : schema.getPossibleTypes(type as GraphQLAbstractType);
    const selection = (nesting: number): string => {
      if (chance(12)) return chance(50) ? "__typename" : `t${pick(["a", "b"])}: __typename`;
      const object = pick(objects);
      const names = Object.keys(object.getFields()).filter((name) => name !== "_service" || chance(20));
      const leaves = names.filter((name) => isLeafType(getNamedType(object.getFields()[name]!.type)));
      const name = pick(depth > 6 && leaves.length > 0 ? leaves : names);
      if (nesting < 2 && (chance(15) || !isObjectType(type))) return `... on ${object.name} { ${several(object, nesting + 1)} }`;
      if (nesting < 2 && chance(8)) return `... { ${several(type, nesting + 1)} }`;
      if (nesting < 2 && chance(25)) {
        const known = [...fragments.keys()].filter((key) => key.startsWith(`${object.name}_`));
        if (known.length > 0 && chance(60)) return `...${pick(known)}`;
        const body = several(object, nesting + 1);
        const fragment = `${object.name}_${fragments.size}`;
        fragments.set(fragment, `fragment ${fragment} on ${object.name} { ${body} }`);
        return `...${fragment}`;
      }
      return isObjectType(type) ? field(object, name, depth) : "__typename";
    };
    const several = (of: GraphQLNamedType, nesting: number): string =>
      of === type ? Array.from({ length: 1 + g(fc.nat, { max: 3 }) }, () => selection(nesting)).join(" ") : selections(of, depth).slice(1, -1);
    return `{ ${several(type, 0)} }`;
  };

  const body = selections(schema.getQueryType()!, 0);
  return `query ($id: ID! = "x", $first: Int, $of: [_Any!]! = []) ${body} ${[...fragments.values()].join(" ")}`;
}

/** The queries do not use all of their variables. */
const rules = specifiedRules.filter(({ name }) => name !== "NoUnusedVariablesRule");
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Counts uses of a query, as many as lead to its compilation. */
async function use(execution: CompiledExecution, document: DocumentNode, times = USES_BEFORE_COMPILATION, result: object = { data: {} }): Promise<void> {
  const [operation] = document.definitions;
  const answered = { document, operation, response: { body: { kind: "single", singleResult: result } } };
  for (let time = 0; time < times; time++) execution.count(answered as unknown as Parameters<CompiledExecution["count"]>[0]);
  await tick();
}

async function executeCompiled(execution: CompiledExecution, document: DocumentNode, variables: object, contextValue: FacadeContext) {
  const [operation] = document.definitions as [OperationDefinitionNode];
  const context = { document, operation, request: { variables }, contextValue } as unknown as Parameters<CompiledExecution["execute"]>[0];
  const response = await execution.execute(context);
  return response?.body.kind === "single" ? response.body.singleResult : null;
}

/** Executes a query with both executors. @returns their results as text; `compiled` is null if the query is left to graphql-js */
async function executeBoth(query: string, variables: Record<string, unknown>, createKratos: () => Kratos, caller: Caller = ANYBODY) {
  const document = parse(query);
  const createTestContext = () => createContext({ kratos: createKratos(), caller });
  const write = ({ data, errors }: { data?: unknown; errors?: readonly object[] }) =>
    JSON.stringify({ data, errors: errors?.map((error) => JSON.stringify(error)).sort() });
  const { data, errors } = await execute({ schema, document, contextValue: createTestContext(), variableValues: variables });
  const execution = createExecution();
  await use(execution, document);
  const result = await executeCompiled(execution, document, variables, createTestContext());
  return { expected: write({ data, errors: errors?.map(format) }), compiled: result && write(result), hasErrors: errors !== undefined };
}

it("return what graphql-js returns for random queries, from a Kratos that fails and sends values that do not fit", async () => {
  const ran = { compiled: 0, withErrors: 0 };
  const variables = { id: "11111111-1111-4111-8111-111111111111", first: 2, of: [{ __typename: "Identity", id: "22222222-2222-4222-8222-222222222222" }] };
  const property = fc.asyncProperty(fc.gen(), fc.nat(), fc.constantFrom(0, 10, 60), fc.option(fc.subarray([...SCOPES])), async (g, seed, oddness, scopes) => {
    const query = writeQuery(g);
    fc.pre(validate(schema, parse(query), rules).length === 0);
    const caller = scopes ? { name: "test", scopes: new Set(scopes) } : ANYBODY;
    const { expected, compiled, hasErrors } = await executeBoth(query, variables, () => createKratos(seed, oddness), caller);
    if (compiled === null) return;
    ran.compiled++;
    if (hasErrors) ran.withErrors++;
    expect(compiled).toBe(expected);
  });
  await fc.assert(property, { seed: SEED, numRuns: RUNS });
  expect(ran.compiled).toBeGreaterThan(RUNS / 2);
  expect(ran.withErrors).toBeGreaterThan(RUNS / 5);
}, 20_000 + RUNS * 50);

const ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id traits } } }";

it.each<[string, string, object?]>([
  ["a list", "{ identities(first: 3) { edges { cursor node { id traits state schema { id } verifiableAddresses { value verified } } } pageInfo { endCursor } } }"],
  ["a union and an interface", `{ loginFlow(id: "x") { __typename id ui { nodes { attributes { __typename ... on UiNodeInputAttributes { name } } } } } }`],
  ["an error among neighbours", "query ($n: Int) { version identities(first: $n) { edges { cursor } } }", { n: 500 }],
  ["an invalid cursor", `{ a: identities(after: "x") { edges { cursor } } b: identities(first: 1) { pageInfo { hasPreviousPage } } }`],
  ["entities, one of them wrong", ENTITIES, { of: [{ __typename: "Identity", id: "x" }, { __typename: "Order", id: "1" }, { id: 1 }] }],
])("return what graphql-js returns for %s", async (_, query, variables = {}) => {
  const { expected, compiled } = await executeBoth(query, { ...variables }, () => createKratos(1, 0));
  expect(compiled).toBe(expected);
});

it("return null and an error for a value that does not match the type of its field", async () => {
  const kratos = { system: { version: async () => ({ a: 1 }), metrics: async () => "# none" } } as unknown as Kratos;
  const { expected, compiled } = await executeBoth("{ version metrics }", {}, () => kratos);
  expect(compiled).toBe(expected);
  expect(compiled).toContain('"data":{"version":null,"metrics":"# none"}');
  expect(compiled).toContain("INTERNAL_SERVER_ERROR");
});

it.each<[string, string, object?]>([
  ["an invalid variable", "query ($n: Int) { identities(first: $n) { edges { cursor } } }", { n: "many" }],
  ["a missing variable", "query ($id: ID!) { identity(id: $id) { id } }"],
  ["a directive", "query ($with: Boolean!) { version @include(if: $with) metrics }", { with: true }],
  ["a name of Object.prototype", "{ constructor: version }"],
  ["an object that is null because of one of its fields", "{ identities { edges { node { schemaId } } } version }"],
  ["introspection", `{ __type(name: "Identity") { fields { name } } }`],
])("leave %s to graphql-js", async (_, query, variables = {}) => {
  const kratos = { identities: { list: async () => ({ identities: [{ id: "x", traits: {} }], hasNextPage: false }) }, system: {} } as unknown as Kratos;
  expect((await executeBoth(query, { ...variables }, () => kratos)).compiled).toBeNull();
});

describe("are compiled", () => {
  const query = "{ version }";
  const context = createContext({ kratos: createKratos(1, 0) });
  const form = `fragment F on LoginFlow { id ui { nodes { type attributes { ... on UiNodeInputAttributes { name type value } } } } }`;
  const aliased = (count: number, start = 0) => Array.from({ length: count }, (_, at) => `a${start + at}: loginFlow(id: "x") { ...F }`).join(" ");

  afterEach(() => jest.restoreAllMocks());

  it("only if they have been answered often without an error", async () => {
    const execution = createExecution();
    const document = parse(query);
    await use(execution, document, 100, { data: { version: null }, errors: [{ message: "FORBIDDEN" }] });
    await use(execution, document, USES_BEFORE_COMPILATION - 1);
    expect(execution.compilations()).toBe(0);
    await use(execution, document, 10);
    expect(execution.compilations()).toBe(1);
    expect(await executeCompiled(execution, document, {}, context)).toEqual({ data: { version: "v26.2.0" } });
  });

  it("only if they are used within a minute", async () => {
    const execution = createExecution();
    const document = parse(query);
    let now = 0;
    jest.spyOn(performance, "now").mockImplementation(() => (now += 20_000));
    await use(execution, document, 50);
    expect(execution.compilations()).toBe(0);
  });

  it.each([
    ["many fragments", `{ ${aliased(50)} } ${form}`],
    ["long aliases", `{ ${"a".repeat(10_000)}: loginFlow(id: "x") { ...F } } ${form}`],
    ["conditions that narrow the type again and again", `{ loginFlow(id: "x") { ui { nodes { attributes { ${"... on UiNodeInputAttributes { ... on UiNodeAttributes { ".repeat(8)} ... on UiNodeInputAttributes { ${Array.from({ length: 60 }, (_, at) => `${"n".repeat(250)}${at}: name`).join(" ")} } ${"} }".repeat(8)} } } } } }`],
    ["documents with long comments", `{ version } # ${"x".repeat(4_000_000)}`],
    ["long arguments", `{ a: loginFlow(id: "${"x".repeat(200_000)}") { id } }`],
    ["fragments that spread each other", `{ ...F0 } ${Array.from({ length: 30 }, (_, at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`).join(" ")} fragment F30 on Query { version }`],
    ["mutations", 'mutation { deleteIdentity(input: { id: "x" }) { deletedIdentityId } }'],
  ])("unless they are large: %s", async (_, query) => {
    const execution = createExecution();
    await use(execution, parse(query), 20);
    expect(execution.compilations()).toBe(0);
  });

  it("until others are used more recently, by their number", async () => {
    const execution = createExecution();
    const documents = Array.from({ length: 301 }, (_, at) => parse(`{ a${at}: version }`));
    for (const document of documents) await use(execution, document);
    expect(execution.compilations()).toBe(301);
    expect(await executeCompiled(execution, documents[0]!, {}, context)).toBeNull();
    expect(await executeCompiled(execution, documents[1]!, {}, context)).not.toBeNull();
    await use(execution, documents[0]!);
    expect(await executeCompiled(execution, documents[0]!, {}, context)).not.toBeNull();
    expect(await executeCompiled(execution, documents[1]!, {}, context)).not.toBeNull();
    expect(await executeCompiled(execution, documents[2]!, {}, context)).toBeNull();
  });

  it("until others are used more recently, by their size", async () => {
    const execution = createExecution();
    const documents = Array.from({ length: 60 }, (_, at) => parse(`{ ${aliased(16, at)} } ${form}`));
    for (const document of documents) await use(execution, document);
    expect(execution.compilations()).toBe(60);
    expect(await executeCompiled(execution, documents[0]!, {}, context)).toBeNull();
    expect(await executeCompiled(execution, documents[59]!, {}, context)).not.toBeNull();
  });
});

