import type { JsonValue } from "kratos-graphql/codegen";
import type { InputTypesQuery } from "../generated/graphql";
import type { JsonSchema } from "./identity-schema";
import type { UserError } from "./sort-errors";
import { isObject } from "./trait-values";

type InputType = InputTypesQuery["__schema"]["types"][number];
type InputTypes = ReadonlyMap<string, InputType>;

interface TypeReference {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType?: TypeReference | null;
}

/** The typed traits of an identity schema. */
export interface TypedTraits {
  /** Their field of `TypedTraitsInput`, e.g. `personTraits`. */
  readonly field: string;
  /** What their input type says, in the form of an identity schema: names, descriptions, types, and what is required. */
  readonly identitySchema: JsonSchema;
}

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  String: { type: "string" },
  Boolean: { type: "boolean" },
  Float: { type: "number" },
  Int: { type: "integer" },
  SafeInt: { type: "integer" },
  TraitDate: { type: "string", format: "date" },
  TraitDateTime: { type: "string", format: "date-time" },
  TraitEmail: { type: "string", format: "email" },
  TraitPhoneNumber: { type: "string", format: "tel" },
  TraitTime: { type: "string", format: "time" },
  TraitUri: { type: "string", format: "uri" },
};

/** What is entered as JSON. */
const ANYTHING: JsonSchema = { type: "object" };

/** The typed traits of the identity schema with this ID. Undefined if the API has no types for it. */
export function typedTraitsFor(schemaId: string, { __schema }: InputTypesQuery): TypedTraits | undefined {
  const types: InputTypes = new Map(__schema.types.map((type) => [type.name ?? "", type]));
  // The description of each field contains the ID of its identity schema.
  const input = types.get("TypedTraitsInput")?.inputFields?.find(({ description }) => description?.includes(JSON.stringify(schemaId)));
  if (!input) return undefined;
  const traits = schemaOf(input.type, types);
  return traits.properties && { field: input.name, identitySchema: { type: "object", properties: { traits } } };
}

/** @param parents the input types that contain this one */
function schemaOf({ kind, name, ofType }: TypeReference, types: InputTypes, parents: readonly string[] = []): JsonSchema {
  if (ofType) return kind === "LIST" ? { type: "array", items: schemaOf(ofType, types, parents) } : schemaOf(ofType, types, parents);
  const { inputFields, enumValues } = types.get(name ?? "") ?? {};
  if (enumValues) return { type: "string", enum: enumValues.map((value) => value.name) };
  // A type that contains itself has no end.
  if (!name || !inputFields || parents.includes(name)) return SCALARS[name ?? ""] ?? ANYTHING;
  const isRequired = (field: (typeof inputFields)[number]) => field.type.kind === "NON_NULL";
  // The API sorts fields by name.
  const fields = [...inputFields].sort((a, b) => Number(isRequired(b)) - Number(isRequired(a)));
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, { ...wordsOf(field.description), ...schemaOf(field.type, types, [...parents, name]) }])),
    required: fields.filter(isRequired).map((field) => field.name),
  };
}

/** The description of a trait is its title, its description, or both as paragraphs, if the identity schema has them. */
function wordsOf(text: string | null): Pick<JsonSchema, "title" | "description"> {
  if (!text || /^The trait `.*`\.$/.test(text)) return {};
  const [first, ...rest] = text.split("\n\n");
  return first?.endsWith(".") ? { description: text } : { title: first, description: rest.join("\n\n") };
}

/**
 * What is missing or does not have its type. The API refuses such input as a whole, and only other faults are user errors.
 * @param path the path of the value in the input
 */
export function findMistyped({ type, enum: choices, properties, required = [], items = {} }: JsonSchema, value: JsonValue, path: readonly string[] = ["input"]): UserError[] {
  const fault: UserError = { code: "INVALID", path };
  switch (type) {
    case "string":
      return typeof value === "string" && (choices?.includes(value) ?? true) ? [] : [fault];
    case "boolean":
      return typeof value === "boolean" ? [] : [fault];
    case "integer":
      return Number.isSafeInteger(value) ? [] : [fault];
    case "number":
      return typeof value === "number" ? [] : [fault];
    case "array":
      return Array.isArray(value) ? value.flatMap((item, index) => findMistyped(items, item, [...path, String(index)])) : [fault];
    case "object":
      if (!properties) return [];
      if (!isObject(value)) return [fault];
      return Object.entries(properties).flatMap(([name, schema]): UserError[] => {
        const inner = value[name] ?? null;
        if (inner === null) return required.includes(name) ? [{ ...fault, path: [...path, name] }] : [];
        return findMistyped(schema, inner, [...path, name]);
      });
    default:
      return [];
  }
}

/** `input.typedTraits.personTraits.email` is the trait `input.traits.email` of the form. Only the message says what more than its type a value must have. */
export function atTrait({ code, message, path }: UserError & { readonly message: string }): UserError {
  const [input, typedTraits, , ...trait] = path ?? [];
  return { code, reason: message, path: input && typedTraits === "typedTraits" ? [input, "traits", ...trait] : path };
}
