import { SCALARS, type ScalarName } from "./scalars.js";
import type { EnumShape, FieldShape, ObjectShape, Shape } from "./shape.js";

const TAG = '@tag(name: "traits")';

/** What the names of input objects end with. */
export const INPUT = "Input";

/** What the names of input objects end with whose traits are merged into those of an identity. */
export const PATCH_INPUT = "PatchInput";

/** The inputs with the traits of any identity schema: new ones, and those to merge. */
export const TYPED_INPUT = "TypedTraitsInput";
export const TYPED_PATCH_INPUT = "TypedTraitsPatchInput";

/** The SDL of a schema's field of `Identity`. */
export function printIdentityField(field: string, shape: Shape, schemaId: string, trustsSchema: boolean): string {
  const description = `Traits of an identity whose identity schema is ${JSON.stringify(schemaId)}. Null if it is another one.`;
  return `extend type Identity { ${quote(description)} ${field}: ${printType(shape, false, trustsSchema)} @tag(name: "personal-data") ${TAG} }`;
}

/** @param trustsSchema whether a field is non-null if the identity schema says so */
export function printObject(type: ObjectShape, trustsSchema: boolean): string {
  const fields = type.fields.map((field) => {
    const nonNull = trustsSchema && field.required && !field.shape.nullable;
    return `${quote(field.description)} ${field.name}: ${printType(field.shape, nonNull, trustsSchema)} ${printDeprecation(field)}`;
  });
  return `${quote(type.description)} type ${type.name} ${TAG} { ${fields.join(" ")} }`;
}

export function printInput(type: ObjectShape): string {
  const fields = type.fields.map((field) => {
    const nonNull = field.required && !field.shape.nullable;
    // GraphQL does not allow required fields to be deprecated.
    return `${quote(field.description)} ${field.name}: ${printType(field.shape, nonNull, true, INPUT)} ${nonNull ? "" : printDeprecation(field)}`;
  });
  return `${quote(type.description)} input ${type.name}${INPUT} ${TAG} { ${fields.join(" ")} }`;
}

/** An input object that is merged: every field may be left out, and objects in it are merged, too. Lists replace, so their items are whole. */
export function printPatchInput(type: ObjectShape): string {
  const fields = type.fields.map((field) => `${quote(field.description)} ${field.name}: ${printPatchType(field.shape)} ${printDeprecation(field)}`);
  return `${quote(`${type.description}\n\nOmitted traits remain unchanged. Null removes a trait.`)} input ${type.name}${PATCH_INPUT} ${TAG} { ${fields.join(" ")} }`;
}

/** An input with exactly one of the typed traits. */
export function printTypedInput(name: string, description: string, fields: readonly { readonly field: string; readonly type: string; readonly schemaId: string }[]): string {
  const members = fields.map(({ field, type, schemaId }) => `${quote(`Traits of an identity whose identity schema is ${JSON.stringify(schemaId)}.`)} ${field}: ${type}`);
  return `${quote(`${description} Exactly one of the fields must be given.`)} input ${name} @oneOf ${TAG} { ${members.join(" ")} }`;
}

export function printEnum(type: EnumShape): string {
  const values = type.values.map(({ name, description }) => `${quote(description)} ${name}`);
  return `${quote(type.description)} enum ${type.name} ${TAG} { ${values.join(" ")} }`;
}

/** The type of all traits in an input. Without a type of their own, they are an object still. */
export function printTraitsInput(shape: Shape): string {
  return shape.kind === "json" ? "JSONObject" : printType(shape, false, true, INPUT);
}

export function printTraitsPatchInput(shape: Shape): string {
  return shape.kind === "json" ? "JSONObject" : printPatchType(shape);
}

function printPatchType(shape: Shape): string {
  return printType(shape, false, true, shape.kind === "object" ? PATCH_INPUT : INPUT);
}

/** Defines a scalar, if GraphQL does not. */
export function printScalar(name: ScalarName): string {
  const { description } = SCALARS[name];
  return description === undefined ? "" : `${quote(description)} scalar ${name} ${TAG}`;
}

/**
 * The type of a field.
 * @param itemsNonNull whether the items of lists are non-null if the identity schema says so
 * @param suffix what the names of objects end with
 */
export function printType(shape: Shape, nonNull: boolean, itemsNonNull: boolean, suffix = ""): string {
  const end = nonNull ? "!" : "";
  switch (shape.kind) {
    case "json":
      return `JSON${end}`;
    case "scalar":
      return `${shape.name}${end}`;
    case "enum":
      return `${shape.type.name}${end}`;
    case "object":
      return `${shape.type.name}${suffix}${end}`;
    case "list":
      return `[${printType(shape.item, itemsNonNull && !shape.item.nullable, itemsNonNull, suffix)}]${end}`;
  }
}

function printDeprecation({ deprecated }: FieldShape): string {
  return deprecated ? '@deprecated(reason: "Deprecated by the identity schema.")' : "";
}

/** A string of JSON is one of GraphQL, unless it has half of a surrogate pair. */
function quote(text: string): string {
  return JSON.stringify(text.replace(/\p{Surrogate}/gu, "\uFFFD"));
}
