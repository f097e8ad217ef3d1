import {
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredInputField,
} from "graphql";
import type { FacadeSchema } from "../../graphql/schema.js";

/** A schema with its typed traits. */
export type BuiltSchema = Pick<FacadeSchema, "schema" | "typed">;

/** How samples read and write traits. */
export interface TraitsSample {
  /** A field of an identity with its traits, e.g. `customerTraits { email }`. */
  readonly field: string;
  /** What an operation selects of an identity. */
  readonly selection: string;
  /** The fragment that the selection spreads, in a paragraph of its own, if it spreads one. */
  readonly fragment: string;
  /** The part of an input with the traits of a new identity. */
  readonly create: object;
  /** The part of an input with other traits for an identity. */
  readonly update: object;
  /** The part of an input with traits to merge. */
  readonly merge: object;
}

/** @param built its typed traits are shown, if it has any */
export function createTraitsSample(built?: BuiltSchema): TraitsSample {
  return built && built.typed.traits.length > 0 ? createTypedSample(built) : UNTYPED;
}

const UNTYPED: TraitsSample = {
  field: "traits",
  selection: "traits",
  fragment: "",
  create: { schemaId: "default", traits: { email: "ann@example.com", name: { first: "Ann", last: "Example" } } },
  update: { traits: { email: "anne@example.com", name: { first: "Anne", last: "Example" } } },
  merge: { traits: { merge: { name: { first: "Anna" } } } },
};

/* People read a sample, and it must be within the limits of operations. */
const MAX_SCHEMAS = 3;
const MAX_FIELDS = 10;
const MAX_DEPTH = 2;

function createTypedSample({ schema, typed: { traits } }: BuiltSchema): TraitsSample {
  const identity = (schema.getType("Identity") as GraphQLObjectType).getFields();
  const inputOf = (name: string) => schema.getType(name) as GraphQLInputType;
  const fields = traits.slice(0, MAX_SCHEMAS).map(({ field, inputType }) => field + select(identity[field]!.type, inputOf(inputType)));
  const { field, inputType, patchInputType } = traits[0]!;
  const write = (type: string, email: string) => ({ typedTraits: { [field]: fill(inputOf(type), field, email) } });
  return {
    field: fields[0]!,
    selection: "...Traits",
    fragment: `
# The traits, as the identity schemas describe them. Each field is null if
# the identity has another identity schema.
fragment Traits on Identity {
${fields.map((selected) => `  ${selected}\n`).join("")}}
`,
    create: write(inputType, "ann@example.com"),
    update: write(inputType, "anne@example.com"),
    merge: write(patchInputType, "anne@example.com"),
  };
}

/** The fields of an input for traits, the required ones first. */
function getFields(type: GraphQLInputObjectType): readonly GraphQLInputField[] {
  return Object.values(type.getFields()).sort((a, b) => Number(isRequiredInputField(b)) - Number(isRequiredInputField(a)));
}

/**
 * The selection of a type, with a space in front. Empty if the type has no fields.
 * @param input the input with the same fields
 */
function select(type: GraphQLOutputType, input: GraphQLInputType, depth = 0): string {
  const [named, namedInput] = [getNamedType(type), getNamedType(input)];
  if (!isObjectType(named) || !isInputObjectType(namedInput)) return "";
  const fields = getFields(namedInput).filter(({ type, deprecationReason }) => !deprecationReason && (depth < MAX_DEPTH || !isInputObjectType(getNamedType(type))));
  const selected = fields.slice(0, MAX_FIELDS).map(({ name, type }) => name + select(named.getFields()[name]!.type, type, depth + 1));
  return ` { ${selected.length > 0 ? selected.join(" ") : "__typename"} }`;
}

const VALUES: Readonly<Record<string, unknown>> = {
  Boolean: true,
  Float: 1,
  Int: 1,
  SafeInt: 1,
  JSON: {},
  JSONObject: {},
  TraitDate: "2026-11-22",
  TraitDateTime: "2026-11-22T00:20:15Z",
  TraitPhoneNumber: "+4930123456",
  TraitTime: "00:20:15Z",
  TraitUri: "https://example.com/ann",
};

/**
 * A value for an input.
 * @param text a placeholder that says what to enter
 */
function fill(type: GraphQLInputType, text: string, email: string, depth = 0): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [fill(nullable.ofType as GraphQLInputType, text, email, depth)];
  if (isEnumType(nullable)) return nullable.getValues()[0]!.name;
  if (!isInputObjectType(nullable)) return nullable.name === "TraitEmail" ? email : (VALUES[nullable.name] ?? text);
  const fields = getFields(nullable).filter((field, index) => isRequiredInputField(field) || (index < MAX_FIELDS && depth < MAX_DEPTH));
  return Object.fromEntries(fields.map(({ name, type, description }) => [name, fill(type, description?.split("\n")[0] || name, email, depth + 1)]));
}
