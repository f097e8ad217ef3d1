import { parsePointer } from "../../kratos/index.js";

/** A JSON Schema (draft 7), as far as types follow from it. */
export interface JsonSchema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly "x-graphql"?: { readonly name?: unknown };
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Subschemas;
  readonly required?: readonly string[];
  readonly additionalProperties?: Subschema;
  readonly patternProperties?: Subschemas;
  readonly dependencies?: Readonly<Record<string, Subschema | readonly string[]>>;
  readonly items?: Subschema | readonly Subschema[];
  readonly prefixItems?: readonly Subschema[];
  readonly allOf?: readonly Subschema[];
  readonly anyOf?: readonly Subschema[];
  readonly oneOf?: readonly Subschema[];
  readonly then?: Subschema;
  readonly else?: Subschema;
}

export type JsonType = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";
export type Subschema = JsonSchema | boolean;
type Subschemas = Readonly<Record<string, Subschema>>;

/** The keys that lead from the document to one of its schemas. */
export type Pointer = readonly string[];

/** Prints a JSON pointer (RFC 6901), e.g. `#/properties/traits/properties/email`. */
export function printPointer(at: Pointer): string {
  return ["#", ...at.map((key) => key.replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");
}

/** What is wrong with an identity schema. */
export interface TraitsProblem {
  /** The file of the schema, or where else it is from. */
  readonly source: string;
  readonly at: Pointer;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** Identity schemas that no GraphQL types can be made of until somebody changes them. */
export class TraitsSchemaError extends Error {
  override readonly name = "TraitsSchemaError";

  constructor(readonly problems: readonly TraitsProblem[]) {
    super(problems.map(({ source, at, message }) => `${source}: ${at.length > 0 ? `${printPointer(at)}: ` : ""}${message}`).join("\n"));
  }
}

/** A schema, and where it is in the document. */
export interface Place<Schema extends Subschema = Subschema> {
  readonly schema: Schema;
  readonly at: Pointer;
}

/** All that a schema says of one value, with the references and `allOf` that it leads to. */
export interface Rules {
  readonly at: Pointer;
  /** The schema that an object or enum is named after. Undefined if there are several. */
  readonly origin: Pointer | undefined;
  /** What applies to every value. */
  readonly parts: readonly Place<JsonSchema>[];
  /** Lists of rules (`anyOf`, `oneOf`) of which at least one applies. */
  readonly alternatives: readonly (readonly Rules[])[];
  /** Rules that apply in some cases (`then`, `else`, `dependencies`). */
  readonly conditional: readonly Rules[];
  /** Whether the value may also be null. */
  readonly orNull: boolean;
  /** Why nothing can be known of the value. */
  readonly obstacle: string | undefined;
}

/** How often the schemas of the traits may refer to each other: a few lines of `allOf` can double that with each line. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 100;

/** An identity schema. */
export class SchemaDocument {
  #steps = 0;

  /**
   * @param name what its types are called, e.g. `Customer`
   * @param source its file, or where else it is from, for messages
   */
  constructor(readonly name: string, readonly source: string, readonly root: JsonSchema) {}

  /** An error at a place in the document. */
  error(at: Pointer, message: string): TraitsSchemaError {
    return new TraitsSchemaError([{ source: this.source, at, message }]);
  }

  /** The rules of a schema in the document. */
  rulesAt(at: Pointer): Rules {
    return this.getRules(find(this.root, at) as Subschema, at);
  }

  /** @param within the schemas that led here, which apply to the same value */
  getRules(schema: Subschema, at: Pointer, within: readonly Subschema[] = []): Rules {
    if (typeof schema === "boolean") return join(at, at, [], schema ? undefined : "no value is allowed");
    if (within.includes(schema)) throw this.error(at, "The schema leads back to itself by `$ref`, `allOf`, `anyOf` or `oneOf`, so no value can be checked. Remove one of the references in the cycle.");
    this.#steps++;
    if (this.#steps > MAX_STEPS || within.length > MAX_DEPTH) throw this.error(at, `The schemas refer to each other more than ${MAX_STEPS} times in all, or ${MAX_DEPTH} times in a row. Use fewer references and \`allOf\`.`);
    const follow = (to: Subschema, ...keys: string[]) => this.getRules(to, [...at, ...keys], [...within, schema]);
    const { $ref, $id, allOf = [], anyOf, oneOf, ...own } = schema;

    if ($ref !== undefined) {
      const target = parseReference($ref);
      const found = target && find(this.root, target);
      if (!isSubschema(found)) return join(at, at, [], `\`$ref\` must be a JSON pointer to a schema in this document, e.g. "#/definitions/address"; received ${JSON.stringify($ref)}`);
      const rules = this.getRules(found, target!, [...within, schema]);
      // Only these count beside a reference.
      const { title, description, deprecated } = schema;
      return { ...rules, at, parts: [{ schema: { title, description, deprecated }, at }, ...rules.parts] };
    }
    if ($id !== undefined && !$id.startsWith("#") && at.length > 0) return join(at, at, [], "a schema with an `$id` of its own is a document of its own");

    const joined = allOf.map((part, index) => follow(part, "allOf", `${index}`));
    const alternatives: (readonly Rules[])[] = [];
    let orNull = false;
    for (const [keyword, branches] of Object.entries({ anyOf, oneOf })) {
      const rules = (branches ?? []).flatMap((branch, index) => (isNull(branch) ? [] : [follow(branch, keyword, `${index}`)]));
      if (rules.length === 1) joined.push(rules[0]!);
      if (rules.length > 1) alternatives.push(rules);
      if (rules.length > 0 && rules.length < branches!.length) orNull = true;
    }
    const dependencies = Object.entries(own.dependencies ?? {}).map(([key, to]) => [to, "dependencies", key] as const);
    const conditions = [[own.then, "then"] as const, [own.else, "else"] as const, ...dependencies];
    const conditional = conditions.flatMap(([to, ...keys]) => (isSubschema(to) ? [follow(to, ...keys)] : []));
    const rules = join(at, at, joined);
    // `allOf: [{ $ref }]` is how draft 7 describes a reference.
    const origin = joined.length === 1 && !SHAPING.some((keyword) => keyword in own) && alternatives.length === 0 ? joined[0]!.origin : at;
    return {
      ...rules,
      origin,
      parts: [{ schema: own, at }, ...rules.parts],
      alternatives: [...alternatives, ...rules.alternatives],
      conditional: [...conditional, ...rules.conditional],
      orNull: orNull || rules.orNull,
    };
  }
}

/** Rules that all apply to the same value. */
export function join(at: Pointer, origin: Pointer | undefined, rules: readonly Rules[], obstacle?: string): Rules {
  return {
    at,
    origin,
    parts: rules.flatMap(({ parts }) => parts),
    alternatives: rules.flatMap(({ alternatives }) => alternatives),
    conditional: rules.flatMap(({ conditional }) => conditional),
    orNull: rules.some(({ orNull }) => orNull),
    obstacle: obstacle ?? rules.find((each) => each.obstacle !== undefined)?.obstacle,
  };
}

/** Keywords that make a schema another one than the only one that it refers to. */
const SHAPING = ["properties", "required", "additionalProperties", "patternProperties", "items", "enum", "const", "format", "then", "else", "dependencies"];

export function isSubschema(value: unknown): value is Subschema {
  return typeof value === "boolean" || (typeof value === "object" && value !== null && !Array.isArray(value));
}

function isNull(schema: Subschema): boolean {
  return typeof schema === "object" && (schema.type === "null" || schema.const === null || (schema.enum?.length === 1 && schema.enum[0] === null));
}

export function find(value: unknown, at: Pointer): unknown {
  return at.reduce<unknown>((found, key) => (typeof found === "object" && found !== null && Object.hasOwn(found, key) ? (found as Record<string, unknown>)[key] : undefined), value);
}

/** @returns undefined if the reference leads to another document, or to a name */
function parseReference(reference: string): Pointer | undefined {
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  try {
    return parsePointer(decodeURIComponent(reference));
  } catch {
    return undefined;
  }
}
