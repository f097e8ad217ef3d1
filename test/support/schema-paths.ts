import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from "graphql";

export interface Step {
  readonly parent: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
}

/** A way down from Query or Mutation, field by field. */
export type Path = readonly Step[];

export const nameOf = ({ parent, field }: Step): string => `${parent.name}.${field.name}`;

/** Every way from the roots to every field, through objects, interfaces and unions. None goes through a type twice. */
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

/** The objects that a field of a type may give. */
export function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [];
}

export const STYLES = ["plain", "inline fragments", "interface fragments", "conditional fragments", "named fragments", "aliases"] as const;
export type Style = (typeof STYLES)[number];

export interface Written {
  readonly text: string;
  /** The names in the answer, from the root down. */
  readonly keys: readonly string[];
  /** The arguments that it has variables for, each by the variable's name. */
  readonly given: ReadonlyMap<string, { readonly of: Step; readonly argument: string }>;
}

/**
 * An operation that asks for what is at the end of a path, and for nothing beside the way.
 * @param isGiven which arguments there are values for
 * @param isLeftOut which fields are not asked for below the path's end
 */
export function write(
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
    if (missing) throw new Error(`the test has no value for ${missing.name} of ${nameOf(step)}`);
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

/** A selection of all that is in a type, but for fields that are left out or need arguments. */
function everythingIn(schema: GraphQLSchema, type: GraphQLNamedType, isLeftOut: (step: Step) => boolean, above: readonly GraphQLNamedType[]): string {
  const members = objectsOf(schema, type);
  const parts = members.map((parent) => {
    // Where another member of the union has something else by that name, one of them needs another in the answer.
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
