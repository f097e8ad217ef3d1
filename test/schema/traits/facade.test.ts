import { readFileSync } from "node:fs";
import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeSchemaContract } from "@theguild/federation-composition";
import { buildSchema, coerceInputValue, type GraphQLInputObjectType, type GraphQLObjectType, parse, printType, validateSchema } from "graphql";
import { buildFacadeSchema } from "../../../src/graphql/schema.js";
import { customer, withTraits } from "./typed-traits.js";

/** The identity schemas under contrib/quickstart in Ory Kratos v26.2.0. */
const QUICKSTART = JSON.parse(readFileSync("test/schema/traits/ory-quickstart.json", "utf8")) as Readonly<Record<string, object>>;

const build = (schema: object) => buildFacadeSchema({ traits: { schemas: [customer(schema)], trustsSchema: false } });

const TYPED = withTraits({
  email: { type: "string", format: "email" },
  role: { enum: ["admin"] },
  serial: { type: "integer" },
  home: { type: "object", properties: { street: { type: "string" } } },
});

it("docs/typed-traits.md has a table of the types of Ory's own identity schemas", () => {
  const rows = Object.entries(QUICKSTART).map(([path, schema]) => {
    const { schema: graph, typed } = build(schema);
    const print = (name: string): string =>
      Object.values((graph.getType(name) as GraphQLObjectType).getFields())
        .map(({ name: field, type }) => (String(type).startsWith("Customer") ? `${field} { ${print(String(type))} }` : `${field}: ${type}`))
        .join(", ");
    const notes = typed.notes.map(({ at, message }) => `\`${at.at(-1)}\` ${message}`).join("; ");
    return `| \`${path}\` | \`${print("CustomerTraits")}\` | ${notes} |`;
  });
  const [, table = ""] = readFileSync("docs/typed-traits.md", "utf8").split("| Identity schema | `CustomerTraits` | Note |\n|---|---|---|\n");
  expect(table.split("\n\n")[0]!.split("\n")).toEqual(rows);
});

it("the types of Ory's own identity schemas compose", () => {
  const schemas = Object.entries(QUICKSTART).map(([source, schema], index) => ({ name: `Preset${index}`, id: source, source, schema }));
  const { schema, sdl } = buildFacadeSchema({ traits: { schemas, trustsSchema: false } });
  expect(validateSchema(schema)).toEqual([]);
  expect(composeWithApollo([{ name: "identities", url: "http://identities.internal/graphql", typeDefs: parse(sdl) }]).errors).toBeUndefined();
});

it("gateways see the scopes and tags of typed traits, also of enums and scalars", () => {
  const { sdl } = build(TYPED);
  expect(sdl).toContain('customerTraits: CustomerTraits @authenticated @requiresScopes(scopes: [["identities:read"]]) @tag(name: "personal-data") @tag(name: "traits")');
  for (const definition of ["type CustomerTraits", "type CustomerTraitsHome", "input CustomerTraitsInput", "input CustomerTraitsHomeInput", "enum CustomerTraitsRole", "scalar SafeInt", "scalar TraitEmail"]) {
    expect(sdl).toContain(`${definition} @tag(name: "traits")`);
  }
});

it("a contract without the tag has no typed traits", () => {
  const { sdl } = build(TYPED);
  const services = [{ name: "identities", url: "http://identities.internal/graphql", typeDefs: parse(sdl) }];
  const contract = (...exclude: string[]) => composeSchemaContract(services, { include: new Set(), exclude: new Set(exclude) }, true);
  expect(contract("admin").publicSdl).toContain("type CustomerTraits");
  const { publicSdl, errors } = contract("traits");
  expect(errors).toBeUndefined();
  expect(publicSdl).not.toMatch(/CustomerTraits|customerTraits|TypedTraits|typedTraits|SafeInt|TraitEmail/);
  expect(validateSchema(buildSchema(publicSdl!))).toEqual([]);
});

it("the schema of the server reads and takes typed traits", () => {
  const { schema, apiSdl } = build(TYPED);
  expect(apiSdl).toContain("customerTraits: CustomerTraits");
  const { resolve } = (schema.getType("Identity") as GraphQLObjectType).getFields()["customerTraits"]!;
  const read = (schemaId: string) => resolve!({ schemaId, traits: { email: "ann", role: "admin" } }, {}, {}, undefined as never);
  expect(read("customer")).toEqual({ email: "ann", role: "admin", serial: null, home: null });
  expect(read("employee")).toBeNull();
  expect(() => coerceInputValue({ serial: 1.5 }, schema.getType("CustomerTraitsInput") as GraphQLInputObjectType)).toThrow("SafeInt cannot represent non-integer value: 1.5");
});

it("mutations take traits as JSON or typed, and need a schema ID only for JSON", () => {
  const { schema, sdl } = build(TYPED);
  const print = (name: string) => printType(schema.getType(name)!).replace(/"""[^]*?"""\s*/g, "").replace(/\s+/g, " ");
  expect(print("CreateIdentityInput")).toMatch(/ schemaId: String state: .* traits: JSONObject typedTraits: TypedTraitsInput /);
  expect(print("UpdateIdentityInput")).toBe("input UpdateIdentityInput { id: ID! schemaId: String traits: JSONObject typedTraits: TypedTraitsInput }");
  expect(print("PatchIdentityInput")).toContain(" traits: PatchTraitsInput typedTraits: TypedTraitsPatchInput ");
  expect(print("TypedTraitsInput")).toBe("input TypedTraitsInput @oneOf { customerTraits: CustomerTraitsInput }");
  expect(print("TypedTraitsPatchInput")).toBe("input TypedTraitsPatchInput @oneOf { customerTraits: CustomerTraitsPatchInput }");
  expect(sdl).toContain('input TypedTraitsInput @oneOf @tag(name: "traits")');
  expect(sdl).toContain('typedTraits: TypedTraitsInput @tag(name: "traits")');
  const json = printType(buildFacadeSchema().schema.getType("CreateIdentityInput")!);
  expect(json).not.toContain("typedTraits");
  expect(json).toContain("schemaId: String!");
});

it("is the schema without typed traits, if there are no identity schemas", () => {
  const { sdl, typed } = buildFacadeSchema({ traits: { schemas: [], trustsSchema: false } });
  expect(sdl).toBe(buildFacadeSchema().sdl);
  expect(typed).toEqual({ traits: [], notes: [] });
});
