import { GraphQLError } from "graphql";
import { SCALARS } from "./scalars.js";
import type { Shape } from "./shape.js";

/**
 * Converts traits to what the GraphQL fields have. A value that GraphQL cannot hold becomes an error in its place, which graphql-js
 * and graphql-jit report with its path. The whole is converted at once: resolvers of single fields are slower.
 * @param trustsSchema whether the types are non-null where the identity schema says so
 */
export function toFields(shape: Shape, value: unknown, trustsSchema: boolean, required = false): unknown {
  if (value === undefined || value === null) return trustsSchema && required && !shape.nullable ? mismatch("a value", value) : null;
  switch (shape.kind) {
    case "json":
      return value;
    case "scalar":
      return SCALARS[shape.name].holds(value) ? value : mismatch(SCALARS[shape.name].expected, value);
    case "enum":
      return shape.type.values.find((each) => each.value === value)?.name ?? mismatch("one of the values of the enum", value);
    case "list":
      return Array.isArray(value) ? value.map((item) => toFields(shape.item, item, trustsSchema, true)) : mismatch("a list", value);
    case "object": {
      if (typeof value !== "object" || Array.isArray(value)) return mismatch("an object", value);
      const traits = value as Readonly<Record<string, unknown>>;
      const fields: Record<string, unknown> = {};
      // A loop: Object.fromEntries takes twice as long.
      for (const { name, key, shape: inner, required: isRequired } of shape.type.fields) {
        fields[name] = toFields(inner, Object.hasOwn(traits, key) ? traits[key] : undefined, trustsSchema, isRequired);
      }
      return fields;
    }
  }
}

/** The message does not repeat the value, which may be personal data. */
function mismatch(expected: string, value: unknown): GraphQLError {
  const received = value === undefined || value === null ? "none" : Array.isArray(value) ? "a list" : `a value of the type ${typeof value}`;
  return new GraphQLError(`The trait does not match the identity schema: expected ${expected}, found ${received}. To read it as JSON, select \`traits\`.`, { extensions: { code: "TRAIT_MISMATCH" } });
}

/**
 * Converts a typed input to traits. Null stands for no value: a key is left out unless the identity schema allows null.
 * @param input as GraphQL has coerced it
 */
export function toTraits(shape: Shape, input: unknown): unknown {
  if (input === null) return null;
  switch (shape.kind) {
    case "json":
    case "scalar":
      return input;
    case "enum":
      return shape.type.values.find(({ name }) => name === input)?.value;
    case "list":
      return (input as readonly unknown[]).map((item) => toTraits(shape.item, item));
    case "object": {
      const given = input as Readonly<Record<string, unknown>>;
      const fields = shape.type.fields.filter(({ name, shape: { nullable } }) => Object.hasOwn(given, name) && given[name] !== undefined && (nullable || given[name] !== null));
      return Object.fromEntries(fields.map((field) => [field.key, toTraits(field.shape, given[field.name])]));
    }
  }
}

/** Converts a typed input to a JSON Merge Patch of traits (RFC 7396): null removes a trait, and lists replace. */
export function toMergePatch(shape: Shape, input: unknown): unknown {
  if (shape.kind !== "object" || input === null) return toTraits(shape, input);
  const given = input as Readonly<Record<string, unknown>>;
  const fields = shape.type.fields.filter(({ name }) => Object.hasOwn(given, name) && given[name] !== undefined);
  return Object.fromEntries(fields.map((field) => [field.key, toMergePatch(field.shape, given[field.name])]));
}

/**
 * Converts a path in the traits, e.g. that of a validation error, to the path in the typed input.
 * @returns the path to the object, if no field of it has the key
 */
export function toInputPath(shape: Shape, [key, ...rest]: readonly string[]): readonly string[] {
  if (key === undefined) return [];
  if (shape.kind === "json") return [key, ...rest];
  if (shape.kind === "list") return [key, ...toInputPath(shape.item, rest)];
  const field = shape.kind === "object" ? shape.type.fields.find((each) => each.key === key) : undefined;
  return field ? [field.name, ...toInputPath(field.shape, rest)] : [];
}
