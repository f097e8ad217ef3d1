import type { JsonObject, JsonValue } from "kratos-graphql/codegen";
import type { TraitField } from "./trait-fields";

/**
 * The traits in the form. Empty fields are omitted. An invalid number or invalid JSON is sent as text, so that Kratos reports
 * what is wrong with it.
 */
export function traitsFrom(fields: readonly TraitField[], form: FormData): JsonObject {
  const traits = fields.map((field) => [field.name, valueOf(field, form)] as const);
  return Object.fromEntries(traits.filter(([, value]) => value !== undefined));
}

function valueOf(field: TraitField, form: FormData): JsonValue | undefined {
  if (field.kind === "boolean") return form.has(field.key);
  if (field.kind === "group") {
    const group = traitsFrom(field.fields, form);
    return Object.keys(group).length > 0 || field.required ? group : undefined;
  }
  const text = String(form.get(field.key)).trim();
  if (text === "") return undefined;
  switch (field.kind) {
    case "number":
      return Number.isNaN(Number(text)) ? text : Number(text);
    case "list":
      return text.split(/\s*\n\s*/);
    case "json":
      return parsed(text);
    default:
      return text;
  }
}

function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
