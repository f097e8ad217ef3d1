import type { JsonObject, JsonValue } from "kratos-graphql/codegen";
import type { TraitField } from "./trait-fields";

type Value = JsonValue | undefined;

/** The text of a value in its field. */
export function textOf(field: TraitField, value: Value): string {
  if (value === undefined || value === null) return "";
  if (field.kind === "list" && Array.isArray(value)) return value.join("\n");
  return field.kind === "json" || typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

export function isObject(value: Value): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The traits in the form. Empty fields are omitted. An invalid number or invalid JSON is sent as text, so that Kratos reports
 * what is wrong with it.
 * @param current the traits that the form started with. Those that have no field, or whose field is unchanged, stay as they are
 */
export function traitsFrom(fields: readonly TraitField[], form: FormData, current: JsonObject = {}): JsonObject {
  const entered = fields.map((field) => [field.name, valueOf(field, form, current[field.name])] as const);
  const traits = { ...current, ...Object.fromEntries(entered) };
  return Object.fromEntries(Object.entries(traits).filter(([, value]) => value !== undefined));
}

function valueOf(field: TraitField, form: FormData, current: Value): Value {
  if (field.kind === "boolean") return form.has(field.key) || (field.required || current !== undefined ? false : undefined);
  if (field.kind === "group") {
    const group = traitsFrom(field.fields, form, isObject(current) ? current : {});
    return Object.keys(group).length > 0 || field.required ? group : undefined;
  }
  const entered = String(form.get(field.key));
  if (entered === textOf(field, current)) return current;
  const text = entered.trim();
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
