import type { JsonSchema, JsonType, Place, Rules } from "./document.js";
import { INT } from "./scalars.js";

/*
 * What the keywords of a JSON Schema say of a value.
 */

const ALL_TYPES: readonly JsonType[] = ["string", "number", "integer", "boolean", "object", "array", "null"];

/** The types that a value can have: all seven if the schemas do not say. A number can be an integer. */
export function getTypes({ parts, alternatives, orNull }: Rules): ReadonlySet<JsonType> {
  const limits = [
    ...parts.flatMap(({ schema }) => (schema.type === undefined ? [] : [[schema.type].flat().flatMap(withIntegers)])),
    ...parts.flatMap(({ schema }) => [getValues(schema)?.map(getType).flatMap(withIntegers) ?? []].filter((each) => each.length > 0)),
    ...alternatives.map((branches) => branches.flatMap((branch) => [...getTypes(branch)])),
  ];
  const types = new Set(limits.reduce<readonly JsonType[]>((left, limit) => left.filter((type) => limit.includes(type)), ALL_TYPES));
  // Many schemas leave out the type. That they allow values of all other types, too, is not what they mean.
  const [, implied] = types.size < ALL_TYPES.length ? [] : (IMPLIED_TYPES.find(([keyword]) => parts.some(({ schema }) => schema[keyword])) ?? []);
  if (implied) return new Set([implied, "null"]);
  return orNull ? types.add("null") : types;
}

const IMPLIED_TYPES: readonly (readonly [keyof JsonSchema, JsonType])[] = [
  ["properties", "object"],
  ["items", "array"],
  ["format", "string"],
];

function withIntegers(type: JsonType): readonly JsonType[] {
  return type === "number" ? ["number", "integer"] : [type];
}

function getType(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : (typeof value as JsonType);
}

function getValues(schema: JsonSchema): readonly unknown[] | undefined {
  return schema.enum ?? ("const" in schema ? [schema.const] : undefined);
}

/** The texts of an enum with their descriptions, which only `oneOf: [{ const, title }]` has. */
export function getEnumValues({ parts, alternatives }: Rules): ReadonlyMap<string, string> | undefined {
  const lists = parts.flatMap(({ schema }) => [getValues(schema) ?? []].filter((values) => values.length > 0));
  const [first, ...others] = lists;
  if (first) {
    const values = first.filter((value): value is string => typeof value === "string" && others.every((each) => each.includes(value)));
    return new Map(values.map((value) => [value, `The value \`${value}\`.`]));
  }
  const [branches = [], ...more] = alternatives;
  const values = branches.flatMap((branch) => [...(getEnumValues(branch) ?? [])].map(([value, fallback]) => [value, describe(branch, fallback)] as const));
  return more.length === 0 && branches.length > 0 && branches.every(getEnumValues) ? new Map(values) : undefined;
}

/** Whether all integers have at most 32 bits, so that GraphQL's Int can hold them. */
export function isInt({ parts }: Rules): boolean {
  const values = parts.flatMap(({ schema }) => getValues(schema) ?? []);
  if (values.length > 0) return values.every((value) => typeof value !== "number" || (value >= INT.min && value <= INT.max));
  return (
    parts.some(({ schema: { minimum, exclusiveMinimum } }) => (minimum ?? -Infinity) >= INT.min || (exclusiveMinimum ?? -Infinity) >= INT.min - 1) &&
    parts.some(({ schema: { maximum, exclusiveMaximum } }) => (maximum ?? Infinity) <= INT.max || (exclusiveMaximum ?? Infinity) <= INT.max + 1)
  );
}

/** The properties of an object. Several parts of its schema can describe the same one. */
export function getProperties({ parts }: Rules): ReadonlyMap<string, readonly Place[]> {
  const found = new Map<string, Place[]>();
  for (const { schema, at } of parts) {
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const places = found.get(key) ?? [];
      found.set(key, places);
      // A definition can be part of the same object twice.
      if (!places.some((other) => other.schema === property)) places.push({ schema: property, at: [...at, "properties", key] });
    }
  }
  return found;
}

/** The title and the description. */
export function describe({ parts }: Rules, fallback: string): string {
  const first = (keyword: "title" | "description") => parts.map(({ schema }) => schema[keyword]?.trim()).find(Boolean);
  return [...new Set([first("title"), first("description")])].filter((text) => text !== undefined).join("\n\n") || fallback;
}
