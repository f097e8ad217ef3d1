import {
  type ConstDirectiveNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  getNamedType,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  GraphQLOneOfDirective,
  type GraphQLSchema,
  type InputObjectTypeDefinitionNode,
  type InputValueDefinitionNode,
  isCompositeType,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  parseConstValue,
  print,
  printSchema,
  type ScalarTypeDefinitionNode,
  visit,
} from "graphql";
import { getMetadataStorage } from "type-graphql";
import { OR_VIEWER } from "./authorization.js";
import { type Cost, getFieldCost } from "./complexity.js";
import type { Scope } from "./scopes.js";

/*
 * The SDL of the subgraph. It says what a gateway can check before it sends a request: the scopes of `@Authorized`, and the
 * costs of `complexity`. The server checks both itself in any case.
 */

const FEDERATION = "https://specs.apollo.dev/federation/v2.9";

const IMPORTS = ["@cost", "@key", "@listSize", "@shareable", "@tag"];
const AUTH_IMPORTS = ["@authenticated", "@requiresScopes"];

/** Apollo's composition rejects a directive without a definition, although GraphQL defines this one. */
const ONE_OF = '"""Exactly one field of an input object of the type must be given, and it must not be null.""" directive @oneOf on INPUT_OBJECT';

export interface SdlOptions {
  /** The scope that resolving a reference to an entity requires, for each type of entity. */
  readonly entityScopes: ReadonlyMap<string, Scope>;
  /** Whether to state the scopes. */
  readonly authDirectives: boolean;
}

/** Prints a schema as a subgraph, with the directives that graphql-js does not print, and those for gateways. */
export function printSubgraph(schema: GraphQLSchema, { entityScopes, authDirectives }: SdlOptions): string {
  const scopes = authDirectives ? findScopes(schema, entityScopes) : undefined;
  const imports = JSON.stringify([...IMPORTS, ...(authDirectives ? AUTH_IMPORTS : [])].sort());
  // A definition, because Relay's compiler cannot read an extension of the schema.
  const link = parse(`schema @link(url: "${FEDERATION}", import: ${imports}) { query: Query mutation: Mutation } ${ONE_OF}`).definitions;

  const inputsOf = (nodes: readonly InputValueDefinitionNode[] = [], declared: readonly Declared[]) =>
    nodes.map((node, at) => withDirectives(node, declared[at]));
  const fieldsOf = (nodes: readonly FieldDefinitionNode[] = [], type: GraphQLObjectType | GraphQLInterfaceType, derive: Derive) =>
    nodes.map((node) => {
      const field = type.getFields()[node.name.value]!;
      return { ...withDirectives(node, field, derive(field)), arguments: inputsOf(node.arguments, field.args) };
    });

  const document = visit(parse(printSchema(schema)), {
    Document: (node) => ({ ...node, definitions: [...link, ...node.definitions] }),
    // Imported instead.
    DirectiveDefinition: ({ name }) => (name.value === GraphQLOneOfDirective.name ? undefined : null),
    ObjectTypeDefinition: (node: ObjectTypeDefinitionNode) => {
      const type = schema.getType(node.name.value) as GraphQLObjectType;
      const derive: Derive = (field) => [...getAuthDirectives(scopes?.get(`${type.name}.${field.name}`)), ...getCostDirectives(field)];
      return { ...withDirectives(node, type), fields: fieldsOf(node.fields, type, derive) };
    },
    // Gateways derive those of interfaces from the types that implement them.
    InterfaceTypeDefinition: (node: InterfaceTypeDefinitionNode) => {
      const type = schema.getType(node.name.value) as GraphQLInterfaceType;
      return { ...withDirectives(node, type), fields: fieldsOf(node.fields, type, () => []) };
    },
    EnumTypeDefinition: (node: EnumTypeDefinitionNode) => withDirectives(node, schema.getType(node.name.value)),
    ScalarTypeDefinition: (node: ScalarTypeDefinitionNode) => withDirectives(node, schema.getType(node.name.value)),
    InputObjectTypeDefinition: (node: InputObjectTypeDefinitionNode) => {
      const type = schema.getType(node.name.value) as GraphQLInputObjectType;
      return { ...withDirectives(node, type), fields: inputsOf(node.fields, Object.values(type.getFields())) };
    },
  });
  return `${print(document)}\n`;
}

/** An element of the schema, with the directives of type-graphql's `@Directive`. */
type Declared = { readonly astNode?: { readonly directives?: readonly ConstDirectiveNode[] } | null | undefined };
type Derive = (field: GraphQLField<unknown, unknown>) => readonly ConstDirectiveNode[];

function withDirectives<Node extends { readonly directives?: readonly ConstDirectiveNode[] }>(
  node: Node,
  declared: Declared | undefined,
  derived: readonly ConstDirectiveNode[] = [],
): Node {
  const all = [...(node.directives ?? []), ...(declared?.astNode?.directives ?? []), ...derived];
  // graphql-js prints a few of them itself.
  const each = [...new Map(all.map((directive) => [print(directive), directive])).values()];
  // Those of one name stay in their order: the first key of an entity is the main one.
  return { ...node, directives: each.sort((one, other) => one.name.value.localeCompare(other.name.value)) };
}

/**
 * Returns the scopes of each guarded field, by its coordinate: those of `@Authorized`, and those that an entity's fields
 * require because other subgraphs refer to it. Its key requires none, because the other subgraph knows it.
 */
function findScopes(schema: GraphQLSchema, entityScopes: ReadonlyMap<string, Scope>): ReadonlyMap<string, readonly Scope[]> {
  const { objectTypes, queries, mutations } = getMetadataStorage();
  const scopes = new Map<string, readonly Scope[]>();
  const add = (coordinate: string, roles: readonly (Scope | typeof OR_VIEWER)[] = []) => {
    // A gateway would demand the scopes of a signed-in user, too.
    const added = roles.filter((role) => role !== OR_VIEWER);
    if (added.length > 0 && added.length === roles.length) scopes.set(coordinate, [...new Set([...(scopes.get(coordinate) ?? []), ...added])].sort());
  };
  for (const { schemaName, roles } of queries) add(`Query.${schemaName}`, roles);
  for (const { schemaName, roles } of mutations) add(`Mutation.${schemaName}`, roles);
  for (const { name, fields = [] } of objectTypes) for (const { schemaName, roles } of fields) add(`${name}.${schemaName}`, roles);
  for (const [name, scope] of entityScopes) {
    const type = schema.getType(name) as GraphQLObjectType;
    const keys = getKeys(type);
    for (const field of Object.keys(type.getFields())) if (!keys.has(field)) add(`${name}.${field}`, [scope]);
  }
  return scopes;
}

function getKeys({ astNode }: GraphQLObjectType): ReadonlySet<string> {
  const keys = (astNode?.directives ?? []).filter(({ name }) => name.value === "key");
  return new Set(keys.flatMap((key) => (key.arguments ?? []).flatMap(({ value }) => (value.kind === Kind.STRING ? value.value.split(" ") : []))));
}

function getAuthDirectives(scopes: readonly Scope[] | undefined): ConstDirectiveNode[] {
  return scopes ? [directive("authenticated"), directive("requiresScopes", { scopes: [scopes] })] : [];
}

/** What a gateway assumes to be the cost of a field without `@cost` is left out. A cost that depends on other arguments cannot be stated. */
function getCostDirectives({ type, extensions }: GraphQLField<unknown, unknown>): ConstDirectiveNode[] {
  const named = getNamedType(type);
  const cost = (extensions["complexity"] as Cost | undefined) ?? getFieldCost(named, false);
  if (typeof cost === "number") return cost === (isCompositeType(named) ? 1 : 0) ? [] : [directive("cost", { weight: cost })];
  if (!("assumedSize" in cost)) return [];
  const listSize = { assumedSize: cost.assumedSize, slicingArguments: ["first"], sizedFields: ["edges"], requireOneSlicingArgument: false };
  return [directive("cost", { weight: cost.weight }), directive("listSize", listSize)];
}

function directive(name: string, args: Readonly<Record<string, unknown>> = {}): ConstDirectiveNode {
  return {
    kind: Kind.DIRECTIVE,
    name: { kind: Kind.NAME, value: name },
    arguments: Object.entries(args).map(([argument, value]) => ({
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: argument },
      value: parseConstValue(JSON.stringify(value)),
    })),
  };
}
