import { typeTraits, withTraits } from "./typed-traits.js";

const STRING = { type: "string" };
const check = (schema: object, traits: unknown) => typeTraits(schema).traits.check(traits);
const DRAFT_4 = "http://json-schema.org/draft-04/schema#";

it("finds all faults at once, with their paths in the traits", async () => {
  const schema = withTraits(
    {
      name: { type: "object", properties: { "first/name~": { type: "string", minLength: 1 } }, required: ["last"] },
      age: { type: "integer", minimum: 0, exclusiveMaximum: 150 },
      tags: { type: "array", maxItems: 2, items: { allOf: [STRING, { maxLength: 3 }] } },
      home: { $ref: "#/definitions/address" },
    },
    { required: ["email"] },
  );
  const issues = await check({ ...schema, definitions: { address: { type: "object", properties: { city: { const: "Berlin" } } } } }, { name: { "first/name~": "" }, age: 150, tags: ["a", "long", "c"], home: { city: "Bonn" } });
  expect(issues.map(({ path }) => path).sort()).toEqual([["age"], ["email"], ["home", "city"], ["name", "first/name~"], ["name", "last"], ["tags"], ["tags", "1"]]);
  for (const { message } of issues) expect(message).toMatch(/^(The value must .+|This trait is required)\.$/);
});

/** Kratos v0.6.3-alpha.1 and v26.2.0 accept all of these, except for v26.2.0, which has no identity schemas of draft 4. */
it.each<[string, object, unknown]>([
  ["a format that Kratos does not know", withTraits({ id: { type: "string", format: "uuid" } }), { id: "nope" }],
  ["a regular expression of Go that JavaScript does not have", withTraits({ name: { type: "string", pattern: "^\\pL+$" } }), { name: "é" }],
  ["a regular expression that means something else in JavaScript", withTraits({ name: { type: "string", pattern: "^\\S+$" } }), { name: "a\u00a0b" }],
  ["what is beside a reference", { ...withTraits({ name: { $ref: "#/definitions/text", minLength: 5 } }), definitions: { text: STRING } }, { name: "Ann" }],
  ["a number that is no multiple in binary", withTraits({ price: { type: "number", multipleOf: 0.01 } }), { price: 4.35 }],
  ["a reference in a schema with an $id", { ...withTraits({ home: { $id: "http://x.example/home", definitions: { text: { minLength: 4 } }, properties: { city: { $ref: "#/definitions/text" } } } }), definitions: { text: STRING } }, { home: { city: "Ulm" } }],
  ["a character outside of the basic plane", withTraits({ name: { type: "string", maxLength: 2 } }), { name: "👍👍" }],
  ["keywords that draft 4 does not have", { $schema: DRAFT_4, ...withTraits({ name: { const: "Ann" } }) }, { name: "Eve" }],
  ["limits of draft 4", { $schema: DRAFT_4, ...withTraits({ age: { type: "integer", minimum: 3, exclusiveMinimum: true } }) }, { age: 4 }],
  ["an integer that is written as a number", withTraits({ age: { type: "integer" } }), { age: 1e20 }],
  ["keys of a pattern", withTraits({ extra: { type: "object", patternProperties: { "^x-": STRING }, additionalProperties: false } }), { extra: { "x-a": "1" } }],
  ["one of several schemas", withTraits({ name: { oneOf: [{ type: "string", pattern: "^a" }, { type: "string", maxLength: 3 }] } }), { name: "abcd" }],
  ["a condition with a regular expression", withTraits({ name: { type: "string", if: { pattern: "^\\S+$" }, then: { minLength: 9 } } }), { name: "a b" }],
  ["values that look like schemas", withTraits({ one: { const: { $ref: "a", b: 1 } }, other: { enum: [{ $id: "z" }] } }), { one: { $ref: "a", b: 1 }, other: { $id: "z" } }],
  ["the keys of JavaScript objects", withTraits({ constructor: STRING, toString: STRING }), {}],
])("leaves to Kratos %s", async (_, schema, traits) => {
  expect(await check(schema, traits)).toEqual([]);
});

it("leaves everything to Kratos if the schema refers to another document", async () => {
  expect(await check(withTraits({ name: { $ref: "https://schemas.example/name.json" }, age: { type: "integer" } }), { age: "x" })).toEqual([]);
});

it("leaves traits to Kratos that are larger than those of any form, and lists at most 100 faults", async () => {
  const schema = withTraits({ tags: { type: "array", items: { type: "string", minLength: 1 } } });
  expect(await check(schema, { tags: Array(5_000).fill("") })).toHaveLength(100);
  expect(await check(schema, { tags: Array(50_000).fill("") })).toEqual([]);
});
