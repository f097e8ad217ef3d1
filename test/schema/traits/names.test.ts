import { buildSchema, printSchema, lexicographicSortSchema, type GraphQLObjectType } from "graphql";
import { TraitsSchemaError } from "../../../src/graphql/traits/document.js";
import { addTraits } from "../../../src/graphql/traits/traits.js";
import { customer, typeTraits, withTraits } from "./typed-traits.js";

const STRING = { type: "string" };
const OBJECT = { type: "object", properties: { x: STRING } };

const fieldsOf = (schema: object) => Object.keys((typeTraits(schema).schema.getType("CustomerTraits") as GraphQLObjectType).getFields());

it.each([
  ["email", "email"],
  ["firstName", "firstName"],
  ["given-name", "given_name"],
  ["given  name", "given_name"],
  ["https://example.com/claim", "https_example_com_claim"],
  ["2fa", "_2fa"],
  ["_id", "_id"],
  ["__meta", "_meta"],
  ["___meta", "_meta"],
  ["--meta", "_meta"],
  ["a__b", "a__b"],
  ["type", "type"],
  ["__proto__", "_proto__"],
  ["constructor", "_constructor"],
  ["toString", "_toString"],
])("the trait %j is the field %s", (key, name) => {
  const schema = JSON.parse(`{ "properties": { "traits": { "properties": { ${JSON.stringify(key)}: { "type": "string" } } } } }`);
  expect(fieldsOf(schema)).toEqual([name]);
  const { read, write } = typeTraits(schema);
  const traits = JSON.parse(`{ ${JSON.stringify(key)}: "x" }`);
  expect(read(traits).value).toEqual({ [name]: "x" });
  expect(JSON.stringify(write({ [name]: "x" }))).toBe(JSON.stringify(traits));
});

it.each([
  ["home", OBJECT, "CustomerTraitsHome"],
  ["homeAddress", OBJECT, "CustomerTraitsHomeAddress"],
  ["home-address", OBJECT, "CustomerTraitsHome_address"],
  ["2nd", OBJECT, "CustomerTraits_2nd"],
  ["phones", { type: "array", items: OBJECT }, "CustomerTraitsPhones"],
  ["home", { properties: { geo: OBJECT } }, "CustomerTraitsHomeGeo"],
  ["home", { allOf: [{ properties: { geo: OBJECT } }, { minProperties: 1 }] }, "CustomerTraitsHomeGeo"],
  ["properties", { properties: { definitions: OBJECT } }, "CustomerTraitsPropertiesDefinitions"],
  ["role", { enum: ["admin"] }, "CustomerTraitsRole"],
  ["x", { ...OBJECT, "x-graphql": { name: "home" } }, "CustomerTraitsHome"],
  ["x", { $ref: "#/definitions/address" }, "CustomerTraitsAddress"],
  ["x", { $ref: "#/$defs/geo/$defs/point" }, "CustomerTraitsGeoPoint"],
  ["x", { $ref: "#/shared/address" }, "CustomerTraitsSharedAddress"],
  ["x", { $ref: "#/definitions/renamed" }, "CustomerTraitsBetter"],
])("the type of the trait %j, %j, is %s", (key, schema, type) => {
  const { schema: graph } = typeTraits({
    ...withTraits({ [key]: schema }),
    definitions: { address: OBJECT, renamed: { ...OBJECT, "x-graphql": { name: "better" } } },
    $defs: { geo: { $defs: { point: OBJECT } } },
    shared: { address: OBJECT },
  });
  expect(graph.getType(type)?.name).toBe(type);
});

it("x-graphql names a field, but that of a definition names its type only", () => {
  const schema = { ...withTraits({ a: { ...STRING, "x-graphql": { name: "first" } }, b: { $ref: "#/definitions/c" } }), definitions: { c: { ...OBJECT, "x-graphql": { name: "second" } } } };
  expect(typeTraits(schema).print("CustomerTraits")).toBe("type CustomerTraits { first: String b: CustomerTraitsSecond }");
});

it("names depend neither on the order of the keys nor on other identity schemas", () => {
  const properties = { home: { properties: { geo: OBJECT } }, geo: OBJECT, role: { enum: ["b", "a"] }, "given-name": STRING, work: { $ref: "#/definitions/address" } };
  const definitions = { address: { properties: { geo: OBJECT, street: STRING } } };
  const reversed = Object.fromEntries(Object.entries(properties).reverse());
  const graph = buildSchema("scalar JSON type Identity { id: ID } type Query { identity: Identity }");
  const print = (...schemas: Parameters<typeof addTraits>[1]) => printSchema(lexicographicSortSchema(addTraits(graph, schemas, { trustsSchema: false }).graph));
  const alone = print(customer({ ...withTraits(properties), definitions }));
  expect(print(customer({ definitions, ...withTraits(reversed) }))).toBe(alone);
  const both = print({ ...customer({ definitions, ...withTraits(reversed) }), name: "Employee", id: "employee" }, customer({ ...withTraits(properties), definitions }));
  for (const block of alone.split("\n\n").filter((text) => text.includes("CustomerTraits") && !/type Identity|input TypedTraits/.test(text))) expect(both).toContain(block);
});

/** Each definition is the next one twice. */
const DOUBLING = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, { allOf: Array.from({ length: 2 }, () => ({ $ref: `#/definitions/d${index + 1}` })) }]));

/** Definitions that lead to the next one. */
const chain = (length: number, to: (next: object) => object) => Object.fromEntries(Array.from({ length }, (_, index) => [`d${index}`, to({ $ref: `#/definitions/d${index + 1}` })]));

const GRAPH = buildSchema("scalar JSON type Identity { id: ID } type Query { identity: Identity } type BoxTraits { id: ID }");

it.each<[string, object, string]>([
  [
    "a name without ASCII letters and digits",
    withTraits({ 名前: STRING }),
    'customer.json: #/properties/traits/properties/名前: No GraphQL name can be made of "名前". Add a name of ASCII letters, digits and "_" to this schema, e.g. "x-graphql": { "name": "nickname" }.',
  ],
  ["a name with letters that are not ASCII", withTraits({ "prénom": STRING }), 'customer.json: #/properties/traits/properties/prénom: No GraphQL name can be made of "prénom".'],
  ["an empty name", withTraits({ "": STRING }), 'customer.json: #/properties/traits/properties/: No GraphQL name can be made of "".'],
  ["a definition without a name", { ...withTraits({ x: { $ref: "#/definitions/é" } }), definitions: { é: OBJECT } }, 'customer.json: #/definitions/é: No GraphQL name can be made of "é".'],
  [
    "two traits with the same name",
    withTraits({ "given-name": STRING, given_name: STRING }),
    'customer.json: #/properties/traits/properties/given_name: "given-name" and "given_name" would both be the field "given_name". Add another name to one of them, e.g. "x-graphql": { "name": "given_name2" }.',
  ],
  ["a name of x-graphql that another trait has", withTraits({ a: STRING, b: { ...STRING, "x-graphql": { name: "a" } } }), '"a" and "b" would both be the field "a".'],
  [
    "an illegal name in x-graphql",
    withTraits({ a: { ...STRING, "x-graphql": { name: "given-name" } } }),
    'customer.json: #/properties/traits/properties/a: "name" in "x-graphql" must consist of ASCII letters, digits and "_", must not begin with a digit or with "__", and must not be the name of a property of every JavaScript object, e.g. "constructor"; received "given-name".',
  ],
  ["a reserved name in x-graphql", withTraits({ a: { ...STRING, "x-graphql": { name: "__typename" } } }), 'received "__typename"'],
  ["a name in x-graphql that is no string", withTraits({ a: { ...STRING, "x-graphql": { name: 5 } } }), "received 5"],
  [
    "two types with the same name",
    { ...withTraits({ home: OBJECT, work: { $ref: "#/definitions/home" } }), definitions: { home: OBJECT } },
    'customer.json: #/definitions/home: The type "CustomerTraitsHome" is already that of #/properties/traits/properties/home. Add another name to one of them, e.g. "x-graphql": { "name": "address2" }.',
  ],
  [
    "a type with the name of an input",
    withTraits({ home: OBJECT, homeInput: OBJECT }),
    '"CustomerTraitsHomeInput" is already the name of a type or field of customer.json.',
  ],
  [
    "a type with the name of an input to merge",
    withTraits({ home: OBJECT, homePatch: OBJECT }),
    '"CustomerTraitsHomePatchInput" is already the name of a type or field of customer.json.',
  ],
  [
    "references in a circle",
    { ...withTraits({ a: { $ref: "#/definitions/b" } }), definitions: { b: { $ref: "#/definitions/c" }, c: { allOf: [{ $ref: "#/definitions/b" }] } } },
    "customer.json: #/definitions/b: The schema leads back to itself by `$ref`, `allOf`, `anyOf` or `oneOf`, so no value can be checked. Remove one of the references in the cycle.",
  ],
  [
    "an object that requires itself",
    { ...withTraits({ a: { $ref: "#/definitions/b" } }), definitions: { b: { type: "object", required: ["c"], properties: { c: { type: "object", required: ["b"], properties: { b: { $ref: "#/definitions/b" } } } } } } },
    "customer.json: #/definitions/b: The object requires itself, so it would have no end. Remove one of the properties in the cycle from `required`.",
  ],
  ["an identity schema without traits", { properties: {} }, "customer.json: #/properties/traits: The identity schema must describe the traits here"],
  [
    "too many traits",
    withTraits(Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`a${index}`, STRING]))),
    "The traits have more than 1000 fields and enum values. Describe some of them less precisely",
  ],
  ["too many values of an enum", withTraits({ a: { enum: Array.from({ length: 1000 }, (_, index) => `a${index}`) } }), "customer.json: #/properties/traits/properties/a: The traits have more than 1000"],
  ["references that double with each definition", { ...withTraits({ a: { $ref: "#/definitions/d0" } }), definitions: { ...DOUBLING, d40: OBJECT } }, "The schemas refer to each other more than 20000 times in all"],
  ["references in a long row", { ...withTraits({ a: { $ref: "#/definitions/d0" } }), definitions: { ...chain(5000, (next) => next), d5000: OBJECT } }, "or 100 times in a row. Use fewer references and `allOf`."],
  ["lists that are nested without end", { ...withTraits({ a: { allOf: [{ $ref: "#/definitions/l" }, { $ref: "#/definitions/m" }] } }), definitions: { l: { type: "array", items: { $ref: "#/definitions/l" } }, m: { type: "array", items: { $ref: "#/definitions/m" } } } }, "The traits have more than 1000"],
])("refuses %s, and says what to write", (_, schema, message) => {
  const add = () => addTraits(GRAPH, [customer(schema)], { trustsSchema: false });
  expect(add).toThrow(TraitsSchemaError);
  expect(add).toThrow(message);
});

it.each([
  ["requires the next one", (next: object) => ({ type: "object", required: ["a", "b"], properties: { a: next, b: next } })],
  ["has the next one", (next: object) => ({ type: "object", properties: { a: next, b: next } })],
])("types a long row of objects of which each %s", (_, to) => {
  const schema = { ...withTraits({ a: { $ref: "#/definitions/d0" } }), definitions: { ...chain(300, to), d300: OBJECT } };
  expect(addTraits(GRAPH, [customer(schema)], { trustsSchema: true }).graph.getType("CustomerTraitsD300")).toBeDefined();
});

it.each([["customer"], ["2Customer"], ["Custömer"], ["Customer-A"], [""]])("refuses %j as the name of an identity schema", (name) => {
  const add = () => addTraits(GRAPH, [{ ...customer(withTraits({ a: STRING })), name }], { trustsSchema: false });
  expect(add).toThrow('customer.json: The name of an identity schema must begin with a capital letter and consist of ASCII letters, digits and "_", e.g. "Customer"; received');
});

it("refuses names that the server or another identity schema has", () => {
  const add = (...names: string[]) => () => addTraits(GRAPH, names.map((name) => ({ ...customer(withTraits({ x: OBJECT })), name, source: `${name}.json` })), { trustsSchema: false });
  expect(add("Box")).toThrow('Box.json: #/properties/traits: "BoxTraits" is already the name of a type or field of this server.');
  expect(add("Customer", "Customer")).toThrow('Customer.json: "Identity.customerTraits" is already the name of a type or field of Customer.json.');
  expect(add("Typed")).toThrow('Typed.json: #/properties/traits: "TypedTraitsInput" is already the name of a type or field of this server.');
  expect(add("A", "ATraitsX")).not.toThrow();
});

it("reports the problems of all identity schemas at once", () => {
  const schemas = ["A", "B", "C"].map((name) => ({ ...customer(name === "B" ? withTraits({ a: STRING }) : {}), name, source: `${name}.json` }));
  const missing = 'The identity schema must describe the traits here, e.g. as { "type": "object", "properties": { … } }.';
  expect(() => addTraits(GRAPH, schemas, { trustsSchema: false })).toThrow(`A.json: #/properties/traits: ${missing}\nC.json: #/properties/traits: ${missing}`);
});
