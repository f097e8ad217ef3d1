import {
  getDirectiveValues,
  getNamedType,
  GraphQLBoolean,
  GraphQLDirective,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  isObjectType,
  Kind,
  parse,
  type FieldDefinitionNode,
  type GraphQLField,
} from "graphql";
import { DEFAULT_FIRST } from "../../src/graphql/connection.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { nameOf, pathsOf, type Path } from "../support/schema-walk.js";

/* What the SDL tells gateways about costs and data. test/security/scopes.test.ts compares its scopes with what the server requires. */

const { schema, sdl } = buildFacadeSchema();

const fields = new Map<string, FieldDefinitionNode>(
  parse(sdl).definitions.flatMap((type) =>
    type.kind === Kind.OBJECT_TYPE_DEFINITION ? (type.fields ?? []).map((field) => [`${type.name.value}.${field.name.value}`, field] as const) : [],
  ),
);

const COST = new GraphQLDirective({ name: "cost", locations: [], args: { weight: { type: GraphQLInt } } });
const LIST_SIZE = new GraphQLDirective({
  name: "listSize",
  locations: [],
  args: {
    assumedSize: { type: GraphQLInt },
    slicingArguments: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) },
    sizedFields: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) },
    requireOneSlicingArgument: { type: GraphQLBoolean },
  },
});

/** The fields of the subgraph, without those that federation adds. */
const all = Object.values(schema.getTypeMap()).flatMap((parent) =>
  isObjectType(parent) && !parent.name.startsWith("_")
    ? Object.values(parent.getFields()).flatMap((field) => (field.name.startsWith("_") ? [] : [{ parent, field, name: `${parent.name}.${field.name}` }]))
    : [],
);

const tagsOf = (name: string) =>
  (fields.get(name)!.directives ?? []).flatMap(({ name: { value }, arguments: [argument] = [] }) =>
    value === "tag" && argument?.value.kind === Kind.STRING ? [argument.value.value] : [],
  );

const isConnection = ({ type }: GraphQLField<unknown, unknown>) => getNamedType(type).name.endsWith("Connection");

it("states the size of each connection, by the argument that limits it", () => {
  const connections = all.filter(({ field }) => isConnection(field));
  expect(connections.length).toBeGreaterThan(0);
  for (const { name, field } of connections) {
    expect({ name, ...getDirectiveValues(LIST_SIZE, fields.get(name)!) }).toEqual({
      name,
      assumedSize: DEFAULT_FIRST,
      slicingArguments: ["first"],
      sizedFields: ["edges"],
      requireOneSlicingArgument: false,
    });
    expect(field.args.map((argument) => argument.name)).toContain("first");
    expect(getDirectiveValues(COST, fields.get(name)!)!["weight"]).toBeGreaterThanOrEqual(10);
  }
});

it("states the cost of each field that is a number, unless a gateway assumes it anyway", () => {
  const numbers = all.filter(({ field }) => typeof field.extensions["complexity"] === "number");
  expect(numbers.length).toBeGreaterThan(10);
  for (const { name, field } of numbers) {
    expect({ name, ...getDirectiveValues(COST, fields.get(name)!) }).toEqual({ name, weight: field.extensions["complexity"] });
  }
  expect(getDirectiveValues(COST, fields.get("Identity.traits")!)).toEqual({ weight: 2 });
  expect(getDirectiveValues(COST, fields.get("Identity.createdAt")!)).toBeUndefined();
  expect(getDirectiveValues(COST, fields.get("Identity.verifiableAddresses")!)).toBeUndefined();
});

/** What signed-in users do with what is theirs. An app whose graph has no administration needs it. */
const OF_USERS = ["Mutation.revokeOtherSessions", "Mutation.revokeSession", "Mutation.updateViewerTraits", "Viewer.otherSessions"];

it("tags each mutation, list and field about Kratos itself with `admin`, except those of signed-in users", () => {
  const untagged = all.filter(({ parent, name, field }) => {
    const isSystem = sdlOf(name).includes('"system:read"');
    return (parent === schema.getMutationType() || isConnection(field) || isSystem) && !tagsOf(name).includes("admin");
  });
  expect(untagged.map(({ name }) => name).sort()).toEqual(OF_USERS);
});

it("tags each field that returns an identity's traits with `traits`", () => {
  expect(all.filter(({ field }) => field.name === "traits").flatMap(({ name }) => (tagsOf(name).includes("traits") ? [] : [name]))).toEqual([]);
});

/** Names that suggest personal data. A connection of them is not data itself. */
const PERSONAL = /traits|address|identifier|subject|recipient|body|metadata|email|phone|userAgent|location|^ip|requestUrl|returnTo/i;

it("tags each field whose name suggests personal data with `personal-data`, unless it is only within a tagged one", () => {
  const isTagged = ({ parent, field }: Path[number]) => tagsOf(`${parent.name}.${field.name}`).includes("personal-data");
  const paths = [...pathsOf(schema)].filter(([root]) => !root!.field.name.startsWith("_"));
  const personal = paths.filter((path) => PERSONAL.test(path.at(-1)!.field.name) && !isConnection(path.at(-1)!.field));
  expect(personal.length).toBeGreaterThan(10);
  expect([...new Set(personal.filter((path) => !path.some(isTagged)).map((path) => nameOf(path.at(-1)!)))]).toEqual([]);
});

it("tags no key of an entity, without which a contract does not compose", () => {
  expect(all.filter(({ field, parent }) => field.name === "id" && sdl.includes(`type ${parent.name} @key`)).flatMap(({ name }) => tagsOf(name))).toEqual([]);
});

function sdlOf(name: string): string {
  const { loc } = fields.get(name)!;
  return sdl.slice(loc!.start, loc!.end);
}
