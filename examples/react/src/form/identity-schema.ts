/** The part of an identity schema that the form supports: JSON Schema, and Kratos' extension. */
export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  format?: string;
  pattern?: string;
  enum?: unknown[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  "ory.sh/kratos"?: {
    credentials?: Record<string, { identifier?: boolean }>;
    verification?: object;
    recovery?: object;
  };
}

/** True if only one identity can have the value of a trait: users log in with it, or it is an address of theirs. */
export function isUnique({ "ory.sh/kratos": kratos }: JsonSchema): boolean {
  const isIdentifier = Object.values(kratos?.credentials ?? {}).some(({ identifier }) => identifier);
  return isIdentifier || kratos?.verification !== undefined || kratos?.recovery !== undefined;
}

/** `an email address` and the like, by the format of a text. */
const FORMATS: Readonly<Record<string, string>> = {
  email: "an email address, e.g. name@example.com",
  uri: "a web address, e.g. https://example.com",
  tel: "a phone number with its country code, e.g. +49 30 123456",
  date: "a date",
};

/** Tells a user what to enter for a trait, if Kratos does not accept the value. */
export function instructionFor(schema: JsonSchema): string {
  if (schema.type === "boolean") return "Change this choice.";
  if (schema.enum) return `Choose one of these: ${schema.enum.join(", ")}.`;
  switch (schema.type) {
    case "object":
      return schema.properties ? "Check these fields." : "Enter JSON that the identity schema allows.";
    case "array": {
      if (schema.items?.type !== "string") return "Enter JSON that the identity schema allows.";
      const lines = limits([["at least", ifSeveral(schema.minItems)], ["at most", schema.maxItems]]);
      return `On each line, enter ${valueOf(schema.items)}.${lines && ` Enter ${lines} lines.`}`;
    }
    default:
      return `Enter ${valueOf(schema)}.`;
  }
}

function valueOf({ type, format = "", pattern, enum: choices, ...schema }: JsonSchema): string {
  if (choices) return `one of these: ${choices.join(", ")}`;
  if (type === "integer" || type === "number") {
    const range = limits([
      ["at least", schema.minimum],
      ["greater than", schema.exclusiveMinimum],
      ["at most", schema.maximum],
      ["less than", schema.exclusiveMaximum],
    ]);
    return `${type === "integer" ? "a whole number" : "a number"}${range && `, ${range}`}`;
  }
  if (FORMATS[format]) return FORMATS[format];
  const length = limits([["at least", ifSeveral(schema.minLength)], ["at most", schema.maxLength]]);
  return `a value${pattern === undefined ? "" : " in the expected format"}${length && ` with ${length} characters`}`;
}

/** That there must be one goes without saying. */
function ifSeveral(limit: number | undefined): number | undefined {
  return limit === 1 ? undefined : limit;
}

/** E.g. `at least 3 and at most 20`. Empty if there is no limit. */
function limits(all: readonly (readonly [words: string, limit: number | undefined])[]): string {
  return all.flatMap(([words, limit]) => (limit === undefined ? [] : `${words} ${limit}`)).join(" and ");
}
