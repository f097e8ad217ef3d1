import type { JsonObject } from "kratos-graphql/codegen";
import { instructionFor, isUnique, type JsonSchema } from "./identity-schema";

/** A field of the form, for a property of the identity schema. */
export type TraitField = {
  /** Its path in the input of the mutation, e.g. `traits.name.first`. */
  key: string;
  /** Its name in its object, e.g. `first`. */
  name: string;
  label: string;
  hint?: string;
  /** Shown if its value is not accepted. */
  instruction: string;
  required: boolean;
  /** True if no two identities can have the same value. */
  unique: boolean;
} & (
  | { kind: "text"; inputType: "text" | "email" | "url" | "tel" | "date" }
  | { kind: "number" | "boolean" | "list" | "json" }
  | { kind: "choice"; choices: readonly string[] }
  | { kind: "group"; fields: readonly TraitField[] }
);

const INPUT_TYPES: Readonly<Record<string, "email" | "url" | "tel" | "date">> = { email: "email", uri: "url", tel: "tel", date: "date" };

/** The fields of the form for an identity schema, which defines the traits in `properties.traits`. */
export function traitFieldsOf(identitySchema: JsonObject | JsonSchema): TraitField[] {
  const traits = (identitySchema as JsonSchema).properties?.["traits"];
  return traits ? fieldsOf(traits, "traits") : [];
}

/** All fields, including those in groups. */
export function flatten(fields: readonly TraitField[]): TraitField[] {
  return fields.flatMap((field) => [field, ...(field.kind === "group" ? flatten(field.fields) : [])]);
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema, parent: string): TraitField[] {
  return Object.entries(properties).map(([name, schema]) => {
    const key = `${parent}.${name}`;
    const common = {
      key,
      name,
      label: schema.title ?? labelOf(name),
      hint: schema.description,
      instruction: instructionFor(schema),
      required: required.includes(name),
      unique: isUnique(schema),
    };
    if (schema.enum?.every((choice) => typeof choice === "string")) return { ...common, kind: "choice", choices: schema.enum };
    switch (schema.type) {
      case "object":
        return schema.properties ? { ...common, kind: "group", fields: fieldsOf(schema, key) } : { ...common, kind: "json" };
      case "array":
        return { ...common, kind: schema.items?.type === "string" ? "list" : "json" };
      case "integer":
      case "number":
        return { ...common, kind: "number" };
      case "boolean":
        return { ...common, kind: "boolean" };
      case "string":
        return { ...common, kind: "text", inputType: INPUT_TYPES[schema.format ?? ""] ?? "text" };
      default:
        return { ...common, kind: "json" };
    }
  });
}

/** `given_name` becomes "Given name". */
function labelOf(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
