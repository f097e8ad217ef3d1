import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";

export interface Step {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** The fields from Query or Mutation down to a field. */
export type Path = readonly Step[];

export const nameOf = ({ parent, field }: Step): string => `${parent.name}.${field.name}`;

/** Every path from the roots to every field, through objects, interfaces and unions. No path goes through a type twice. */
export function* pathsOf(schema: GraphQLSchema): Generator<Path> {
  for (const root of [schema.getQueryType(), schema.getMutationType()]) if (root) yield* pathsFrom(schema, root, []);
}

function* pathsFrom(schema: GraphQLSchema, parent: GraphQLObjectType, above: Path): Generator<Path> {
  for (const field of Object.values(parent.getFields())) {
    const path = [...above, { parent, field }];
    yield path;
    for (const type of objectsOf(schema, getNamedType(field.type))) {
      if (!path.some((step) => step.parent === type)) yield* pathsFrom(schema, type, path);
    }
  }
}

/** The object types that a field of this type may resolve to. */
export function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

export const STYLES = ["plain", "inline fragments", "interface fragments", "conditional fragments", "named fragments", "aliases"] as const;
export type Style = (typeof STYLES)[number];

export interface Written {
  readonly text: string;
  /** The response keys from the root down. */
  readonly keys: readonly string[];
  /** The arguments that are variables, by the variable's name. */
  readonly given: ReadonlyMap<string, { readonly of: Step; readonly argument: string }>;
}

/**
 * Writes an operation that selects the field at the end of a path with everything below it, and nothing beside the path.
 * @param isGiven which arguments have values
 * @param isLeftOut which fields below the end of the path are not selected
 */
export function writeOperation(
  schema: GraphQLSchema,
  path: Path,
  style: Style,
  isGiven: (step: Step, argument: string) => boolean,
  isLeftOut: (step: Step) => boolean,
): Written {
  const given = new Map<string, { of: Step; argument: string }>();
  const types: string[] = [];
  const fragments: string[] = [];
  const keys = path.map(({ field }, at) => (style === "aliases" ? `a${at}` : field.name));

  const inStyle = (text: string, step: Step, from: GraphQLNamedType | undefined, at: number): string => {
    const { parent, field } = step;
    const typed = `... on ${parent.name} { ${text} }`;
    switch (style) {
      case "inline fragments":
        return typed;
      case "interface fragments":
        return parent.getInterfaces().reduce((inner, { name }) => `... on ${name} { ${inner} }`, typed);
      case "conditional fragments":
        return `... @include(if: true) { ${typed} }`;
      case "named fragments":
        fragments.push(`fragment F${at} on ${parent.name} { ${text} }`);
        return `...F${at}`;
      default:
        return !isAbstractType(from) || (isInterfaceType(from) && from.getFields()[field.name]) ? text : typed;
    }
  };

  const from = (at: number): string => {
    const step = path[at]!;
    const args = step.field.args.filter(({ name }) => isGiven(step, name));
    const missing = step.field.args.find((arg) => isRequiredArgument(arg) && !args.includes(arg));
    if (missing) throw new Error(`The test has no value for the required argument ${missing.name} of ${nameOf(step)}.`);
    for (const { name, type } of args) {
      given.set(`${step.field.name}_${name}`, { of: step, argument: name });
      types.push(`$${step.field.name}_${name}: ${type}`);
    }
    const list = args.length > 0 ? `(${args.map(({ name }) => `${name}: $${step.field.name}_${name}`).join(", ")})` : "";
    const type = getNamedType(step.field.type);
    const inner = at + 1 < path.length ? `{ ${from(at + 1)} }` : everythingIn(schema, type, isLeftOut, []);
    const text = `${style === "aliases" ? `${keys[at]}: ` : ""}${step.field.name}${list} ${inner}`.trim();
    return inStyle(text, step, at > 0 ? getNamedType(path[at - 1]!.field.type) : undefined, at);
  };

  const selection = from(0);
  const operation = path[0]!.parent === schema.getMutationType() ? "mutation" : "query";
  const variables = types.length > 0 ? `(${types.join(", ")})` : "";
  return { text: [`${operation}${variables} { ${selection} }`, ...fragments].join("\n"), keys, given };
}

/** Selects everything in a type, except fields that are left out or require arguments. */
function everythingIn(schema: GraphQLSchema, type: GraphQLNamedType, isLeftOut: (step: Step) => boolean, above: readonly GraphQLNamedType[]): string {
  const members = objectsOf(schema, type);
  const parts = members.map((parent) => {
    // If another member of the union has a field of this name and another type, one of the two needs an alias.
    const aliasOf = ({ name, type: own }: Step["field"]) =>
      members.some((other) => String(other.getFields()[name]?.type ?? own) !== String(own)) ? `${parent.name}_${name}: ` : "";
    const fields = Object.values(parent.getFields()).filter(
      (field) => !isLeftOut({ parent, field }) && !field.args.some(isRequiredArgument) && !above.includes(getNamedType(field.type)),
    );
    const selections = fields.map((field) => `${aliasOf(field)}${field.name} ${everythingIn(schema, getNamedType(field.type), isLeftOut, [...above, parent])}`.trim());
    return isAbstractType(type) ? `... on ${parent.name} { ${selections.join(" ")} }` : selections.join(" ");
  });
  return parts.length > 0 ? `{ ${parts.join(" ")} }` : "";
}

/** An operation that selects one root field with everything below it. */
export interface RootOperation {
  readonly field: string;
  readonly kind: "query" | "mutation";
  readonly args: readonly GraphQLArgument[];
  /** Each argument is a variable of the same name. */
  readonly text: string;
}

/** One operation for each root field of a schema, so that tests of all operations cover new fields by themselves. */
export function operationsOf(schema: GraphQLSchema): RootOperation[] {
  const roots = [["query", schema.getQueryType()], ["mutation", schema.getMutationType()]] as const;
  return roots.flatMap(([kind, type]) =>
    Object.values(type!.getFields()).map(({ name: field, args, type: result }) => {
      const variables = args.length > 0 ? `(${args.map(({ name, type }) => `$${name}: ${type}`).join(", ")})` : "";
      const given = args.length > 0 ? `(${args.map(({ name }) => `${name}: $${name}`).join(", ")})` : "";
      return { field, kind, args, text: `${kind} ${variables} { ${field}${given} ${allFieldsOf(schema, getNamedType(result), [])} }` };
    }),
  );
}

/** All fields of a type, except those that would recurse. */
function allFieldsOf(schema: GraphQLSchema, type: GraphQLNamedType, above: readonly string[]): string {
  if (isLeafType(type)) return "";
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  const parts = possible.filter(isObjectType).map((object) => {
    // A field of the same name may have another type elsewhere.
    const nameFor = (field: GraphQLField<unknown, unknown>) => (isAbstractType(type) ? `${object.name}_${field.name}: ` : "") + field.name;
    const fields = Object.values(object.getFields())
      .filter((field) => !above.includes(getNamedType(field.type).name))
      .map((field) => `${nameFor(field)} ${allFieldsOf(schema, getNamedType(field.type), [...above, object.name])}`);
    return `... on ${object.name} { ${fields.join(" ")} }`;
  });
  return `{ __typename ${parts.join(" ")} }`;
}
