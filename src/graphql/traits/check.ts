import type { ErrorObject, ValidateFunction } from "ajv";
import { measureBody, parsePointer, type ValidationIssue } from "../../kratos/index.js";

/** Finds what is wrong with traits, as far as this is known without Kratos. The paths begin in the traits. */
export type TraitsCheck = (traits: unknown) => Promise<readonly ValidationIssue[]>;

/**
 * Keywords that only Kratos judges. It has formats of its own, regular expressions of Go that take linear time, and exact numbers.
 * Uniqueness takes quadratic time. The others can negate, choose or exclude, so they depend on these.
 */
const KEYWORDS_OF_KRATOS = [
  "additionalItems",
  "additionalProperties",
  "anyOf",
  "contains",
  "dependencies",
  "format",
  "if",
  "multipleOf",
  "not",
  "oneOf",
  "pattern",
  "patternProperties",
  "propertyNames",
  "uniqueItems",
];

/** The drafts in which the other keywords mean the same to Kratos and to ajv. Without `$schema`, Kratos assumes draft 7. */
const DRAFTS = /^http:\/\/json-schema\.org\/draft-0[67]\/schema#$/;

/** No form has so many fields. */
const MAX_ISSUES = 100;

/** Values that a message lists. */
const MAX_VALUES = 20;

/** ajv creates an error for each of the values, and cannot stop: for a megabyte of them, it takes a second. */
const MAX_CHARACTERS = 50_000;

/**
 * Creates a check that never refuses what Kratos accepts.
 * @param schema an identity schema
 */
export function createCheck(schema: object): TraitsCheck {
  let compiled: Promise<ValidateFunction | undefined> | undefined;
  return async (traits) => {
    if (measureBody(traits).used > MAX_CHARACTERS) return [];
    const validate = await (compiled ??= compile(schema));
    return !validate || validate({ traits }) ? [] : (validate.errors ?? []).slice(0, MAX_ISSUES).map(toIssue);
  };
}

/** @returns undefined if ajv cannot use the schema, e.g. because it refers to another document */
async function compile({ $schema = "http://json-schema.org/draft-07/schema#", $id: _, ...root }: { readonly $schema?: unknown; readonly $id?: unknown }) {
  if (!DRAFTS.test(String($schema))) return undefined;
  // Lazy: a server that only reads does not need it. In the bundled program, a CommonJS module that is imported so has no named exports.
  const { Ajv } = (await import("ajv")).default;
  const ajv = new Ajv({ allErrors: true, ownProperties: true, strict: false, validateSchema: false, logger: false });
  for (const keyword of KEYWORDS_OF_KRATOS) ajv.removeKeyword(keyword);
  try {
    return ajv.compile(reduce(root) as object);
  } catch {
    return undefined;
  }
}

/** Keywords with values, which can look like schemas. */
const VALUES = ["const", "default", "enum", "examples"];

/** Leaves out what Kratos resolves in another way than ajv: what is beside a reference, as draft 7 says, and schemas with an `$id` of their own. */
function reduce(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(reduce);
  const { $ref, $id } = schema as { readonly $ref?: unknown; readonly $id?: unknown };
  if (typeof $id === "string") return {};
  if (typeof $ref === "string") return { $ref };
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, VALUES.includes(key) ? part : reduce(part)]));
}

function toIssue({ instancePath, keyword, params, message = "is invalid" }: ErrorObject): ValidationIssue {
  const [, ...path] = parsePointer(instancePath);
  const { missingProperty } = params as { readonly missingProperty?: string };
  if (missingProperty !== undefined) return { path: [...path, missingProperty], message: "This trait is required." };
  const { allowedValues } = params as { readonly allowedValues?: readonly unknown[] };
  if (keyword === "enum" && allowedValues) return { path, message: `Expected one of ${allowedValues.slice(0, MAX_VALUES).map((value) => JSON.stringify(value)).join(", ")}.` };
  return { path, message: `The value ${message}.` };
}
