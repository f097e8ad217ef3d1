import type { ErrorObject, ValidateFunction } from "ajv";
import type { ValidationIssue } from "../../kratos/index.js";

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
const DRAFTS = /^https?:\/\/json-schema\.org\/draft-0[67]\/schema#?$/;

/** No form has so many fields. */
const MAX_ISSUES = 100;

/**
 * Creates a check that never refuses what Kratos accepts.
 * @param schema an identity schema
 */
export function createCheck(schema: object): TraitsCheck {
  let compiled: Promise<ValidateFunction | undefined> | undefined;
  return async (traits) => {
    const validate = await (compiled ??= compile(schema));
    return !validate || validate({ traits }) ? [] : (validate.errors ?? []).slice(0, MAX_ISSUES).map(toIssue);
  };
}

/** @returns undefined if ajv cannot use the schema, e.g. because it refers to another document */
async function compile({ $schema = "http://json-schema.org/draft-07/schema#", $id: _, ...root }: { readonly $schema?: unknown; readonly $id?: unknown }) {
  if (!DRAFTS.test(String($schema))) return undefined;
  // Lazy: a server that only reads does not need it.
  const { Ajv } = await import("ajv");
  const ajv = new Ajv({ allErrors: true, ownProperties: true, strict: false, validateSchema: false, logger: false });
  for (const keyword of KEYWORDS_OF_KRATOS) ajv.removeKeyword(keyword);
  try {
    return ajv.compile(withoutSiblingsOfRefs(root) as object);
  } catch {
    return undefined;
  }
}

/** Kratos ignores what is beside a reference, as draft 7 says. ajv does not. */
function withoutSiblingsOfRefs(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(withoutSiblingsOfRefs);
  const { $ref } = schema as { readonly $ref?: unknown };
  if (typeof $ref === "string") return { $ref };
  return Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, withoutSiblingsOfRefs(part)]));
}

function toIssue({ instancePath, params, message = "is invalid" }: ErrorObject): ValidationIssue {
  const [, ...path] = instancePath.split("/").slice(1).map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const { missingProperty } = params as { readonly missingProperty?: string };
  return { path: missingProperty === undefined ? path : [...path, missingProperty], message };
}
