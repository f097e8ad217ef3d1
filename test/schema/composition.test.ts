import { composeServices as composeWithApollo } from "@apollo/composition";
import { composeSchemaContract, composeServices as composeWithTheGuild } from "@theguild/federation-composition";
import { federateSubgraphs, LATEST_ROUTER_COMPATIBILITY_VERSION } from "@wundergraph/composition";
import { buildSchema, type GraphQLInputObjectType, type GraphQLObjectType, type GraphQLSchema, Kind, parse, print, validate } from "graphql";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { SAMPLE_TRAITS } from "../fake-kratos/index.js";
import { ORDERS, ORDERS_BY_EXTERNAL_ID } from "../support/supergraph.js";

const { sdl } = buildFacadeSchema();

/** A subgraph, and that of the order service. */
const services = (ours: string, orders = ORDERS) => [
  { name: "identities", typeDefs: parse(ours), url: "http://identities.internal/graphql" },
  { name: "orders", typeDefs: parse(orders), url: "http://orders.internal/graphql" },
];

function compose(ours: string, orders?: string) {
  const { publicSdl, errors } = composeWithTheGuild(services(ours, orders));
  return { publicSdl, errors: errors?.map(({ extensions }) => extensions["code"]) };
}

it("composes with a subgraph whose orders refer to identities", () => {
  const { publicSdl, errors } = compose(sdl);
  expect(errors).toBeUndefined();
  expect(publicSdl).toContain("buyer: Identity");
  expect(publicSdl).toContain("An account in Kratos. It belongs to a user, a device or a service.");
});

it.each([
  ["The Guild", composeWithTheGuild],
  ["Apollo", composeWithApollo],
])("keeps its scopes, costs and tags if it is composed by %s", (_, composeServices) => {
  const { supergraphSdl, errors } = composeServices(services(sdl));
  expect(errors).toBeUndefined();
  const directives = directivesIn(supergraphSdl!);
  expect(directives("Identity", "metadataAdmin")).toEqual(
    expect.arrayContaining([
      "@authenticated",
      '@requiresScopes(scopes: [["identities:read", "secrets:read"]])',
      "@cost(weight: 2)",
      '@tag(name: "admin")',
      '@tag(name: "personal-data")',
    ]),
  );
  const listSize = directives("Query", "identities").find((directive) => directive.startsWith("@listSize"));
  for (const argument of ["assumedSize: 50", 'slicingArguments: ["first"]', 'sizedFields: ["edges"]', "requireOneSlicingArgument: false"]) {
    expect(listSize).toContain(argument);
  }
  // The order service knows the ID of the buyer itself.
  expect(directives("Identity", "id").filter((directive) => !directive.startsWith("@join"))).toEqual([]);
});

/** Returns the directives of a field in an SDL. */
function directivesIn(text: string) {
  const { definitions } = parse(text);
  return (type: string, name: string) =>
    definitions
      .flatMap((definition) => (definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === type ? (definition.fields ?? []) : []))
      .flatMap((field) => (field.name.value === name ? (field.directives ?? []) : []))
      .map(print);
}

function composeWithCosmo(ours: string) {
  const subgraphs = services(ours).map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs }));
  const result = federateSubgraphs({ subgraphs, version: LATEST_ROUTER_COMPATIBILITY_VERSION });
  if (!result.success) throw new AggregateError(result.errors);
  return result;
}

it("keeps its scopes and costs if it is composed by Cosmo", () => {
  const result = composeWithCosmo(sdl);
  expect(result.fieldConfigurations.find(({ fieldName }) => fieldName === "metadataAdmin")).toMatchObject({
    requiresAuthentication: true,
    requiredScopes: [["identities:read", "secrets:read"]],
  });
  const { costs } = result.subgraphConfigBySubgraphName.get("identities")!;
  expect(costs!.fieldWeights.get("Identity.schema")).toMatchObject({ weight: 10 });
  expect(costs!.listSizes.get("Query.identities")).toMatchObject({ assumedSize: 50, slicingArguments: ["first"], sizedFields: ["edges"] });
});

it.each([
  [["admin"], { Query: "identities", Identity: "metadataAdmin" }, "CreateIdentityPayload"],
  [["personal-data"], { Identity: "verifiableAddresses", UiText: "text" }, "VerifiableAddress"],
  [["traits"], { Identity: "traits" }, undefined],
  [["admin", "personal-data", "traits"], { Query: "health", Identity: "traits" }, "Health"],
])("has contracts without %j", (tags, fields, type) => {
  const { publicSdl, errors } = composeSchemaContract(services(sdl), { include: new Set(), exclude: new Set(tags) }, true);
  expect(errors).toBeUndefined();
  const contract = buildSchema(publicSdl!);
  for (const [parent, field] of Object.entries(fields)) {
    const left = Object.keys((contract.getType(parent) as GraphQLObjectType).getFields());
    expect(left).not.toContain(field);
    expect(left).not.toEqual([]);
  }
  if (type) expect(contract.getType(type)).toBeUndefined();
});

describe.each([
  ["nullable", false, "TraitEmail"],
  ["trusted to be there", true, "TraitEmail!"],
])("with typed traits that are %s", (_, trustsSchema, email) => {
  const typed = buildFacadeSchema({ traits: { schemas: SAMPLE_TRAITS, trustsSchema } }).sdl;

  it.each<[string, () => GraphQLSchema]>([
    ["The Guild", () => buildSchema(composeWithTheGuild(services(typed)).publicSdl!)],
    ["Apollo", () => composeWithApollo(services(typed)).schema!.toAPISchema().toGraphQLJSSchema()],
    ["Cosmo", () => composeWithCosmo(typed).federatedGraphClientSchema],
  ])("shows them to clients of the supergraph that %s composes", (_, composeForClients) => {
    const supergraph = composeForClients();
    expect(validate(supergraph, parse("{ orders { edges { node { buyer { personTraits { email name { first } } deviceTraits { serial } } } } } }"))).toEqual([]);
    const fieldsOf = (name: string) => (supergraph.getType(name) as GraphQLObjectType | GraphQLInputObjectType).getFields();
    expect(String(fieldsOf("PersonTraits")["email"]!.type)).toBe(email);
    expect(String(fieldsOf("PersonTraitsInput")["email"]!.type)).toBe("TraitEmail!");
    expect(Object.keys(fieldsOf("TypedTraitsInput")).sort()).toEqual(["deviceTraits", "personTraits"]);
  });

  it("compose with a field of another subgraph that requires them, with their scopes", () => {
    const requires = ORDERS.replace('"@shareable"]', '"@shareable", "@external", "@requires", "@authenticated", "@requiresScopes"]')
      .replace("v2.3", "v2.9")
      .replace("resolvable: false) { id: ID! }", `) { id: ID! personTraits: PersonTraits @external greeting: String @requires(fields: "personTraits { email }") @authenticated @requiresScopes(scopes: [["identities:read"]]) } type PersonTraits { email: ${email} @external } scalar TraitEmail`);
    expect(compose(typed, requires).errors).toBeUndefined();
  });
});

it("composes without the directives for authorization, if they are left out", () => {
  const without = buildFacadeSchema({ authDirectives: false }).sdl;
  expect(without).not.toMatch(/@authenticated|@requiresScopes/);
  expect(without).toContain("@cost(weight: 10)");
  const { supergraphSdl, errors } = composeWithApollo(services(without));
  expect(errors).toBeUndefined();
  expect(supergraphSdl).not.toContain("SECURITY)");
});

it("does not compose with a field of another subgraph that requires one of ours without its scopes", () => {
  const requires = (directives: string) =>
    ORDERS.replace('"@shareable"]', '"@shareable", "@external", "@requires", "@authenticated", "@requiresScopes"]')
      .replace("v2.3", "v2.9")
      .replace("resolvable: false) { id: ID! }", `) { id: ID! traits: JSONObject! @external greeting: String @requires(fields: "traits") ${directives} } scalar JSONObject`);
  expect(compose(sdl, requires("")).errors).toEqual(["MISSING_TRANSITIVE_AUTH_REQUIREMENTS"]);
  expect(compose(sdl, requires('@authenticated @requiresScopes(scopes: [["identities:read"]])')).errors).toBeUndefined();
});

it("composes with a subgraph that knows identities by their external IDs", () => {
  const { publicSdl, errors } = compose(sdl, ORDERS_BY_EXTERNAL_ID);
  expect(errors).toBeUndefined();
  expect(publicSdl).toContain("buyer: Identity");
  expect(compose(sdl.replace(' @key(fields: "externalId")', ""), ORDERS_BY_EXTERNAL_ID).errors).not.toBeUndefined();
});

it("tells clients of the supergraph which inputs have exactly one field", () => {
  expect(compose(sdl).publicSdl).toContain("input IdentityFilter @oneOf {");
});

it("does not compose without the key of Identity", () => {
  expect(compose(sdl.replace('type Identity @key(fields: "id") @key(fields: "externalId")', "type Identity")).errors).toContain("INVALID_FIELD_SHARING");
});

it("shares PageInfo, without which no other subgraph could have connections, and nothing else", () => {
  expect(compose(sdl.replace("type PageInfo @shareable", "type PageInfo")).errors).toContain("INVALID_FIELD_SHARING");
  expect(sdl.match(/\w+ @shareable/g)).toEqual(["PageInfo @shareable"]);
});

it.each([
  ["a type", "type UserError { code: String! message: String! path: [String!] }"],
  ["a query", "extend type Query { version: String }"],
])("does not compose with %s of another subgraph that has one of our names", (_, other) => {
  expect(compose(sdl, ORDERS + other).errors).toContain("INVALID_FIELD_SHARING");
});
