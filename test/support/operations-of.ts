import {
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";

/** One root field, asked for with all that can be seen of it. */
export interface Operation {
  readonly field: string;
  readonly kind: "query" | "mutation";
  readonly args: readonly GraphQLArgument[];
  /** Its arguments are variables of their own names. */
  readonly text: string;
}

/** An operation for each root field of a schema, so that a new field is in whatever tests go through all of them. */
export function operationsOf(schema: GraphQLSchema): Operation[] {
  const roots = [["query", schema.getQueryType()], ["mutation", schema.getMutationType()]] as const;
  return roots.flatMap(([kind, type]) =>
    Object.values(type!.getFields()).map(({ name: field, args, type: answer }) => {
      const variables = args.length > 0 ? `(${args.map(({ name, type }) => `$${name}: ${type}`).join(", ")})` : "";
      const given = args.length > 0 ? `(${args.map(({ name }) => `${name}: $${name}`).join(", ")})` : "";
      return { field, kind, args, text: `${kind} ${variables} { ${field}${given} ${selection(schema, getNamedType(answer), [])} }` };
    }),
  );
}

/** All fields of a type, but for what would go round in a circle. */
function selection(schema: GraphQLSchema, type: GraphQLNamedType, above: readonly string[]): string {
  if (isLeafType(type)) return "";
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const parts = possible.filter(isObjectType).map((object) => {
    // In another type a field of the same name may be of another kind.
    const asked = (field: GraphQLField<unknown, unknown>) => (isAbstractType(type) ? `${object.name}_${field.name}: ` : "") + field.name;
    const fields = Object.values(object.getFields())
      .filter((field) => !above.includes(getNamedType(field.type).name))
      .map((field) => `${asked(field)} ${selection(schema, getNamedType(field.type), [...above, object.name])}`);
    return `... on ${object.name} { ${fields.join(" ")} }`;
  });
  return `{ __typename ${parts.join(" ")} }`;
}
