import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeServices as composeWithTheGuild } from "@theguild/federation-composition";
import { federateSubgraphs, LATEST_ROUTER_COMPATIBILITY_VERSION } from "@wundergraph/composition";
import { Ajv } from "ajv";
import fc from "fast-check";
import { parse, validateSchema } from "graphql";
import { buildFacadeSchema } from "../../../src/graphql/schema.js";
import { TraitsSchemaError } from "../../../src/graphql/traits/document.js";
import { toName } from "../../../src/graphql/traits/names.js";
import { mergeJson } from "../../../src/kratos/identities/change.js";
import { typeTraits, withoutNulls } from "./typed-traits.js";

/** A schema with the values that are valid. */
interface Case {
  readonly schema: object;
  readonly value: fc.Arbitrary<unknown>;
}

const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).filter((value) => value !== null);
const annotations = fc.record({ title: fc.string({ unit: "binary" }), description: fc.string(), deprecated: fc.boolean(), readOnly: fc.boolean(), default: json }, { requiredKeys: [] });

const keys = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z][A-Za-z0-9]{0,8}$/) },
  fc.constantFrom("given-name", "2fa", "__meta", "constructor", "type", "query", "input", "properties", "definitions", "$ref", "a/b", "a~b", "a b", "%25", '"', "toString"),
  fc.string({ unit: "grapheme-ascii", minLength: 1 }),
);
const distinctKeys = fc.uniqueArray(keys.filter((key) => toName(key) !== undefined), { minLength: 1, maxLength: 4, selector: (key) => toName(key)!.toLowerCase() });

const text = fc.string({ unit: "grapheme" });
const leaf: fc.Arbitrary<Case> = fc.oneof(
  fc.constantFrom({}, { minLength: 0 }, { format: "email" }, { format: "date-time" }, { format: "tel" }, { format: "uri" }, { format: "hostname" }).map((rest) => ({ schema: { type: "string", ...rest }, value: text })),
  fc.constant({ schema: { type: "boolean" }, value: fc.boolean() }),
  fc.constant({ schema: { type: "number" }, value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  fc.constant({ schema: { type: "integer" }, value: fc.maxSafeInteger() }),
  fc.tuple(fc.integer(), fc.nat()).map(([minimum, size]) => {
    const maximum = Math.min(minimum + size, 2 ** 31 - 1);
    return { schema: { type: "integer", minimum, maximum }, value: fc.integer({ min: minimum, max: maximum }) };
  }),
  fc.uniqueArray(fc.oneof(keys, text), { minLength: 1, maxLength: 4 }).map((values) => ({ schema: { enum: values }, value: fc.constantFrom(...values) })),
  fc.uniqueArray(keys, { minLength: 2, maxLength: 4 }).map((values) => ({ schema: { oneOf: values.map((value) => ({ const: value, title: `${value}!` })) }, value: fc.constantFrom(...values) })),
  fc.string().map((value) => ({ schema: { const: value }, value: fc.constant(value) })),
  fc.constant({ schema: {}, value: json }),
  fc.constant({ schema: { type: ["string", "integer"] }, value: fc.oneof(text, fc.maxSafeInteger()) }),
  fc.constant({ schema: { type: "object", additionalProperties: { type: "string" } }, value: fc.dictionary(fc.string(), text) }),
  fc.constant({ schema: { type: "array", items: [{ type: "string" }, { type: "boolean" }] }, value: fc.tuple(text, fc.boolean()) }),
  fc.constant({ schema: { oneOf: [{ type: "string" }, { type: "object", properties: { a: { type: "string" } } }] }, value: fc.oneof(text, fc.constant({ a: "x" })) }),
);

function cases(depth: number): fc.Arbitrary<Case> {
  if (depth === 0) return leaf;
  const inner = cases(depth - 1);
  return fc.oneof(
    leaf,
    objects(depth),
    inner.map(({ schema, value }) => ({ schema: { type: "array", items: schema }, value: fc.array(value, { maxLength: 3 }) })),
    inner.map(({ schema, value }) => ({ schema: { anyOf: [schema, { type: "null" }] }, value: fc.option(value) })),
    fc.tuple(inner, annotations).map(([{ schema, value }, more]) => ({ schema: { ...schema, ...more }, value })),
    fc.tuple(inner, annotations).map(([{ schema, value }, more]) => ({ schema: { allOf: [schema], ...more }, value })),
    // Moved to the definitions below.
    inner.map(({ schema, value }) => ({ schema: { "x-define": schema }, value })),
    trees,
  );
}

function objects(depth: number): fc.Arbitrary<Case> {
  return distinctKeys.chain((names) =>
    fc.tuple(fc.tuple(...names.map(() => fc.tuple(cases(depth - 1), fc.boolean()))), fc.boolean(), fc.boolean()).map(([properties, isSplit, isClosed]) => {
      const entries = names.map((key, index) => [key, ...properties[index]!] as const);
      const required = entries.filter(([, , isRequired]) => isRequired).map(([key]) => key);
      const schemas = entries.map(([key, { schema }]) => [key, schema] as const);
      const half = Math.floor(entries.length / 2);
      const schema = isSplit
        ? { type: "object", properties: Object.fromEntries(schemas.slice(0, half)), allOf: [{ properties: Object.fromEntries(schemas.slice(half)), required }] }
        : { type: "object", properties: Object.fromEntries(schemas), required, ...(isClosed ? { additionalProperties: false } : {}) };
      const values = entries.map(([key, { value }, isRequired]) => (isRequired ? value.map((each) => [[key, each]]) : fc.option(value.map((each) => [[key, each]]), { nil: [] })));
      return { schema, value: fc.tuple(...values).map((parts) => Object.fromEntries(parts.flat() as [string, unknown][]) as unknown) };
    }),
  );
}

const NODE = { type: "object", properties: { label: { type: "string" }, nodes: { type: "array", items: { $ref: "#/definitions/node" } }, next: { $ref: "#/definitions/node" } } };
const trees: fc.Arbitrary<Case> = fc.constant({
  schema: { $ref: "#/definitions/node" },
  value: fc.record({ label: text, nodes: fc.array(fc.record({ label: text }), { maxLength: 2 }), next: fc.record({ label: text }, { requiredKeys: [] }) }, { requiredKeys: [] }),
});

/** An identity schema, with traits that match it. */
const identitySchemas = objects(2).map(({ schema, value }) => {
  const definitions: Record<string, unknown> = { node: NODE };
  const traits: unknown = JSON.parse(JSON.stringify(schema), (_, part: unknown) => {
    if (typeof part !== "object" || part === null || !Object.hasOwn(part, "x-define")) return part;
    const name = `def${Object.keys(definitions).length}`;
    definitions[name] = (part as Record<string, unknown>)["x-define"];
    return { $ref: `#/definitions/${name}` };
  });
  // As they come from Kratos: JSON has no -0, for instance.
  return { schema: { properties: { traits }, definitions }, value: value.map((each) => JSON.parse(JSON.stringify(each)) as unknown) };
});

/** @returns undefined if two paths lead to the same name of a type, e.g. because of a trait "input": such a schema is refused */
function typeUnlessRefused(schema: object): ReturnType<typeof typeTraits> | undefined {
  try {
    return typeTraits(schema);
  } catch (error) {
    if (error instanceof TraitsSchemaError && /^(The type )?"\w+" is already/.test(error.problems[0]!.message)) return undefined;
    throw error;
  }
}

/*
 * For other cases, and more of them:
 *
 *     FAST_CHECK_SEED=$RANDOM FAST_CHECK_RUNS=5000 npx jest --selectProjects schema -- generated
 */
const SEED = Number(process.env["FAST_CHECK_SEED"] ?? 20261127);
const RUNS = Number(process.env["FAST_CHECK_RUNS"] ?? 500);

it("every generated identity schema gets types, and every value comes back as it went in", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false, ownProperties: true });
  const property = fc.property(identitySchemas.chain(({ schema, value }) => fc.tuple(fc.constant(schema), fc.array(value, { minLength: 1, maxLength: 3 }))), ([schema, values]) => {
    const typed = typeUnlessRefused(schema);
    fc.pre(typed !== undefined);
    expect(typed.problems()).toEqual([]);
    const isValid = ajv.compile(schema);
    for (const value of values) {
      expect(isValid({ traits: value })).toBe(true);
      const read = typed.read(value);
      expect(read.errors).toEqual([]);
      const written = typed.write(read.value);
      expect(isValid({ traits: written })).toBe(true);
      expect(withoutNulls(written)).toEqual(withoutNulls(value));
      expect(typed.readWithGraphqlJs(written)).toEqual(read);
      expect(withoutNulls(mergeJson({}, typed.merge(read.value)))).toEqual(withoutNulls(value));
    }
  });
  fc.assert(property, { numRuns: RUNS, seed: SEED });
}, 120_000);

/** Composition is slow, so a fifth of them is composed, all at once. */
it("generated identity schemas compose with Apollo, The Guild and Cosmo", () => {
  const sample = fc.sample(identitySchemas, { numRuns: RUNS / 5, seed: SEED }).filter(({ schema }) => typeUnlessRefused(schema));
  const schemas = sample.map(({ schema }, index) => ({ name: `S${index}x`, id: `${index}`, source: `${index}.json`, schema }));
  const { schema, sdl } = buildFacadeSchema({ traits: { schemas, trustsSchema: true } });
  expect(validateSchema(schema)).toEqual([]);
  const services = [{ name: "identities", url: "http://identities.internal/graphql", typeDefs: parse(sdl) }];
  expect(composeWithTheGuild(services).errors).toBeUndefined();
  expect(composeWithApollo(services).errors).toBeUndefined();
  const subgraphs = services.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs }));
  expect(federateSubgraphs({ subgraphs, version: LATEST_ROUTER_COMPATIBILITY_VERSION }).success).toBe(true);
}, 120_000);
