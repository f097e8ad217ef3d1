import type { GraphQLObjectType } from "graphql";
import { typeTraits, withTraits } from "./typed-traits.js";

const STRING = { type: "string" };
const ADDRESS = { type: "object", properties: { street: STRING }, required: ["street"] };

/** The type of the trait `value`, and what the log says of it. */
function typeOf(value: unknown, definitions: object = {}) {
  const { print, notes } = typeTraits({ ...withTraits({ value, other: STRING }), definitions });
  return [/value: (\S+)/.exec(print("CustomerTraits"))![1], ...notes];
}

const json = (reason: string, at = "value") => ["JSON", `${at} stays JSON, because ${reason}`];

it.each<[string, unknown, readonly (string | undefined)[]]>([
  ["a string", STRING, ["String"]],
  ["a boolean", { type: "boolean" }, ["Boolean"]],
  ["a number", { type: "number" }, ["Float"]],
  ["a number or integer", { type: ["integer", "number"] }, ["Float"]],
  ["an integer of any size", { type: "integer" }, ["SafeInt"]],
  ["an integer with one bound", { type: "integer", minimum: 0 }, ["SafeInt"]],
  ["an integer with bounds within 32 bits", { type: "integer", minimum: 0, maximum: 150 }, ["Int"]],
  ["an integer of exactly 32 bits", { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }, ["Int"]],
  ["an integer of exactly 32 bits by exclusive bounds", { type: "integer", exclusiveMinimum: -(2 ** 31) - 1, exclusiveMaximum: 2 ** 31 }, ["Int"]],
  ["an integer with exclusive bounds within 32 bits", { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 2147483647 }, ["Int"]],
  ["an integer with bounds beyond 32 bits", { type: "integer", minimum: 0, maximum: 2147483648 }, ["SafeInt"]],
  ["a string or null", { type: ["string", "null"] }, ["String"]],
  ["a string or null, as anyOf", { anyOf: [STRING, { type: "null" }] }, ["String"]],
  ["several types", { type: ["string", "integer"] }, json("its values have several types: string, integer")],
  ["null only", { type: "null" }, json("its only value is null")],
  ["no type", {}, json("it has no `type`")],
  ["true", true, json("it has no `type`")],
  ["false", false, json("no value is allowed")],

  ["an email address", { type: "string", format: "email" }, ["TraitEmail"]],
  ["an internationalized email address", { type: "string", format: "idn-email" }, ["TraitEmail"]],
  ["a phone number", { type: "string", format: "tel" }, ["TraitPhoneNumber"]],
  ["a date", { type: "string", format: "date" }, ["TraitDate"]],
  ["a time", { type: "string", format: "time" }, ["TraitTime"]],
  ["a date and time", { type: "string", format: "date-time" }, ["TraitDateTime"]],
  ["a URI", { type: "string", format: "uri" }, ["TraitUri"]],
  ["an IRI", { type: "string", format: "iri" }, ["TraitUri"]],
  ["another format", { type: "string", format: "ipv6" }, ["String"]],
  ["a format without a type", { format: "email" }, ["TraitEmail"]],
  ["a format of another type", { type: "integer", format: "date" }, ["SafeInt"]],

  ["an enum", { enum: ["admin", "guest"] }, ["CustomerTraitsValue"]],
  ["an enum with null", { enum: ["admin", null] }, ["CustomerTraitsValue"]],
  ["an enum whose values become names", { type: "string", enum: ["en-US", "2fa", "__x", "constructor"] }, ["CustomerTraitsValue"]],
  ["an enum with a value that is no name", { enum: ["a", ""] }, ["String", "value is a String, because not every value can be the name of an enum value"]],
  ["an enum with a reserved value", { enum: ["true", "yes"] }, ["String", "value is a String, because not every value can be the name of an enum value"]],
  ["an enum with values of the same name", { enum: ["a b", "a-b"] }, ["String", "value is a String, because not every value can be the name of an enum value"]],
  ["enums without a common value", { allOf: [{ enum: ["a"] }, { enum: ["b"] }] }, json("no value is allowed")],
  ["enums with a common value", { allOf: [{ enum: ["a", "b"] }, { enum: ["b", "c"] }] }, ["CustomerTraitsValue"]],
  ["an enum of integers", { enum: [1, 2] }, ["Int"]],
  ["an enum of large integers", { enum: [1, 2 ** 31] }, ["SafeInt"]],
  ["an enum of numbers", { enum: [1, 1.5] }, ["Float"]],
  ["an enum of several types", { enum: ["a", 1] }, json("its values have several types: string, integer")],
  ["a constant string", { const: "user" }, ["CustomerTraitsValue"]],
  ["a constant integer", { const: 1 }, ["Int"]],
  ["a constant boolean", { const: true }, ["Boolean"]],
  ["constants with titles", { oneOf: [{ const: "a", title: "A" }, { const: "b" }] }, ["CustomerTraitsValue"]],

  ["a list", { type: "array", items: STRING }, ["[String]"]],
  ["a list of lists", { type: "array", items: { type: "array", items: { type: "number" } } }, ["[[Float]]"]],
  ["a list of objects", { type: "array", items: ADDRESS }, ["[CustomerTraitsValue]"]],
  ["a list of anything", { type: "array" }, ["[JSON]", "value stays JSON, because it has no `type`"]],
  ["a list without a type", { items: STRING }, ["[String]"]],
  ["a tuple", { type: "array", items: [STRING, { type: "integer" }] }, json("each item of the list has a schema of its own")],
  ["a tuple of newer drafts", { type: "array", prefixItems: [STRING] }, json("each item of the list has a schema of its own")],

  ["an object", ADDRESS, ["CustomerTraitsValue"]],
  ["an object without a type", { properties: { street: STRING } }, ["CustomerTraitsValue"]],
  ["an object that may have other keys", { ...ADDRESS, additionalProperties: true }, ["CustomerTraitsValue"]],
  ["an object without properties", { type: "object" }, json("the object has no `properties`")],
  ["an empty object", { type: "object", properties: {}, additionalProperties: false }, json("the object has no `properties`")],
  ["a map", { type: "object", additionalProperties: STRING }, json("`additionalProperties` describes keys that no field can have")],
  ["an object with patterns", { ...ADDRESS, patternProperties: { "^x-": STRING } }, json("`patternProperties` allows keys that no field can have")],

  ["one of several scalars", { oneOf: [STRING, { type: "integer" }] }, json("its values have several types: string, integer")],
  ["one of several strings", { oneOf: [{ type: "string", format: "email" }, { type: "string", format: "tel" }] }, ["String"]],
  ["one of several objects", { oneOf: [ADDRESS, { type: "object", properties: { box: STRING } }] }, json("the object has no `properties`")],
  ["one of several requirements", { ...ADDRESS, anyOf: [{ required: ["street"] }, { minProperties: 2 }] }, ["CustomerTraitsValue"]],
  [
    "a property in some cases",
    { ...ADDRESS, if: {}, then: { properties: { box: STRING } } },
    json('only some of the values have "box". Add it to `properties`, outside of `oneOf`, `anyOf`, `then`, `else` and `dependencies`'),
  ],
  [
    "a property that depends on another",
    { ...ADDRESS, dependencies: { street: { properties: { city: STRING } } } },
    json('only some of the values have "city". Add it to `properties`, outside of `oneOf`, `anyOf`, `then`, `else` and `dependencies`'),
  ],
  ["what it is not", { type: "string", not: { enum: ["x"] } }, ["String"]],

  ["a string with more rules in allOf", { type: "string", allOf: [{ format: "email" }, { minLength: 3 }] }, ["TraitEmail"]],
  ["an object in parts", { allOf: [ADDRESS, { type: "object", properties: { city: STRING } }] }, ["CustomerTraitsValue"]],
  ["types that exclude each other", { allOf: [STRING, { type: "integer" }] }, json("no value is allowed")],
  ["a reference to another document", { $ref: "https://example.com/a.json" }, json('`$ref` must be a JSON pointer to a schema in this document, e.g. "#/definitions/address"; received "https://example.com/a.json"')],
  ["a reference to a file", { $ref: "a.json#/b" }, json('`$ref` must be a JSON pointer to a schema in this document, e.g. "#/definitions/address"; received "a.json#/b"')],
  ["a reference to nothing", { $ref: "#/definitions/no" }, json('`$ref` must be a JSON pointer to a schema in this document, e.g. "#/definitions/address"; received "#/definitions/no"')],
  ["a reference with broken escapes", { $ref: "#/definitions/%" }, json('`$ref` must be a JSON pointer to a schema in this document, e.g. "#/definitions/address"; received "#/definitions/%"')],
  ["a schema that is a document of its own", { $id: "https://example.com/a.json", type: "string" }, json("a schema with an `$id` of its own is a document of its own")],
])("types %s", (_, schema, expected) => {
  expect(typeOf(schema)).toEqual(expected);
});

it.each([
  ["a reference", { $ref: "#/definitions/address" }],
  ["a reference with a title", { $ref: "#/definitions/address", title: "Home" }],
  ["a reference in allOf", { title: "Home", allOf: [{ $ref: "#/definitions/address" }] }],
  ["a reference to a reference", { $ref: "#/definitions/alias" }],
  ["a reference or null", { oneOf: [{ type: "null" }, { $ref: "#/definitions/address" }] }],
])("names the type of %s after the definition, so that places that use it share the type", (_, value) => {
  expect(typeOf(value, { address: ADDRESS, alias: { $ref: "#/definitions/address" } })).toEqual(["CustomerTraitsAddress"]);
});

it("ignores what is beside a reference, as draft 7 does", () => {
  expect(typeOf({ $ref: "#/definitions/address", type: "string" }, { address: ADDRESS })).toEqual(["CustomerTraitsAddress"]);
});

it("reads references with escaped characters", () => {
  expect(typeOf({ $ref: "#/definitions/a~1b~0c%20d" }, { "a/b~c d": { type: "boolean" } })).toEqual(["Boolean"]);
});

it("joins the parts of an object in allOf", () => {
  const { print } = typeTraits(withTraits({ value: { allOf: [ADDRESS, { properties: { city: STRING, street: { minLength: 1 } }, required: ["city"] }] } }));
  expect(print("CustomerTraitsValueInput")).toBe("input CustomerTraitsValueInput { street: String! city: String! }");
});

it("leaves an object JSON that several parts of allOf describe, because its type would have no place to be named after", () => {
  const { notes } = typeTraits(withTraits({ value: { allOf: [{ properties: { geo: ADDRESS } }, { properties: { geo: { properties: { lat: STRING } } } }] } }));
  expect(notes).toEqual(["value/allOf/0/geo stays JSON, because several schemas in `allOf` describe the object"]);
});

it("types objects that contain themselves", () => {
  const { print } = typeTraits({ ...withTraits({ root: { $ref: "#/definitions/node" } }), definitions: { node: { properties: { parent: { $ref: "#/definitions/node" }, children: { type: "array", items: { $ref: "#/definitions/node" } } } } } });
  expect(print("CustomerTraitsNode")).toBe("type CustomerTraitsNode { parent: CustomerTraitsNode children: [CustomerTraitsNode] }");
});

it("leaves the items of a list JSON that contains itself, because no type of GraphQL does", () => {
  const list = { type: "array", items: { $ref: "#/definitions/list" } };
  expect(typeOf({ $ref: "#/definitions/list" }, { list })).toEqual(["[JSON]", "items stays JSON, because the list contains itself"]);
});

it("types the traits as a whole as JSON, if they have no properties", () => {
  const { schema, notes, write } = typeTraits({ properties: { traits: { type: "object" } } });
  expect(String((schema.getType("Identity") as GraphQLObjectType).getFields()["customerTraits"]!.type)).toBe("JSON");
  expect(notes).toEqual([" stays JSON, because the object has no `properties`"]);
  expect(write({ a: 1 })).toEqual({ a: 1 });
});

describe("nullability", () => {
  const schema = withTraits(
    { email: STRING, both: { type: ["string", "integer"] }, nick: { type: ["string", "null"] }, name: STRING, tags: { type: "array", items: STRING }, codes: { type: "array", items: { type: ["string", "null"] } }, any: {} },
    { required: ["email", "both", "nick", "tags", "any"] },
  );

  it("is that of the identity schema in inputs", () => {
    expect(typeTraits(schema).print("CustomerTraitsInput")).toBe("input CustomerTraitsInput { email: String! both: JSON! nick: String name: String tags: [String!]! codes: [String] any: JSON }");
  });

  it("allows null for every trait by default, because identities of an older schema can lack it", () => {
    expect(typeTraits(schema).print("CustomerTraits")).toBe("type CustomerTraits { email: String both: JSON nick: String name: String tags: [String] codes: [String] any: JSON }");
  });

  it("is that of the identity schema, if it is trusted", () => {
    expect(typeTraits(schema, true).print("CustomerTraits")).toBe("type CustomerTraits { email: String! both: JSON! nick: String name: String tags: [String!]! codes: [String] any: JSON }");
  });

  it("says which trait is missing, if a trusted schema requires it", () => {
    const { read } = typeTraits(withTraits({ home: ADDRESS }), true);
    expect(read({ home: {} })).toEqual({
      value: { home: null },
      errors: ["TRAIT_MISMATCH home.street: The trait does not match the identity schema: expected a value, found none. To read it as JSON, select `traits`."],
    });
  });
});

it("describes types, fields and values with titles and descriptions, and otherwise with their keys", () => {
  const { describe: print } = typeTraits(withTraits({ email: { type: "string", title: "E-Mail", description: 'The """address"""\nto \ud800 write to' }, "given-name": STRING, role: { enum: ["en-US"] }, k: { oneOf: [{ const: "a", title: "Letter A" }, { const: "b" }] } }, { title: "Person" }));
  expect(print("CustomerTraits")).toContain('"""Person"""\ntype CustomerTraits');
  expect(print("CustomerTraits")).toContain('  """\n  E-Mail\n  \n  The \\"""address\\"""\n  to \ufffd write to\n  """\n  email: String');
  expect(print("CustomerTraits")).toContain('"""The trait `given-name`."""');
  expect(print("CustomerTraitsRole")).toContain('"""The value `en-US`."""\n  en_US');
  expect(print("CustomerTraitsK")).toContain('"""Letter A"""\n  a');
});

it("marks deprecated traits, except where GraphQL does not allow it", () => {
  const { print } = typeTraits(withTraits({ fax: { ...STRING, deprecated: true }, telex: { ...STRING, deprecated: true } }, { required: ["telex"] }));
  const deprecated = '@deprecated(reason: "Deprecated by the identity schema.")';
  expect(print("CustomerTraits")).toBe(`type CustomerTraits { fax: String ${deprecated} telex: String ${deprecated} }`);
  expect(print("CustomerTraitsInput")).toBe(`input CustomerTraitsInput { fax: String ${deprecated} telex: String! }`);
});

it("keeps read-only traits in inputs, because an update without them would remove them, and adds no defaults", () => {
  const { print, write } = typeTraits(withTraits({ id: { ...STRING, readOnly: true }, lang: { ...STRING, default: "en" } }));
  expect(print("CustomerTraitsInput")).toBe("input CustomerTraitsInput { id: String lang: String }");
  expect(write({ id: "1" })).toEqual({ id: "1" });
});
