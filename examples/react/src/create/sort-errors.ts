import type { CreateIdentityMutation } from "../generated/graphql";
import type { TraitField } from "./trait-fields";

export type UserError = NonNullable<CreateIdentityMutation["createIdentity"]>["userErrors"][number];

export interface SortedErrors {
  /** The errors of each field, by its key. */
  readonly byField: ReadonlyMap<string, string[]>;
  /** The errors that belong to no field. */
  readonly other: readonly string[];
}

/** Assigns each error to the field in its path. An error inside a field, e.g. at an item of a list, belongs to that field. */
export function sortErrors(userErrors: readonly UserError[], fields: readonly TraitField[]): SortedErrors {
  const keys = new Set(["schemaId", ...keysOf(fields)]);
  const byField = new Map<string, string[]>();
  const other: string[] = [];
  for (const { path, message } of userErrors) {
    const [, ...steps] = path ?? [];
    while (steps.length > 0 && !keys.has(steps.join("."))) steps.pop();
    const key = steps.join(".");
    if (key === "") other.push(message);
    else byField.set(key, [...(byField.get(key) ?? []), message]);
  }
  return { byField, other };
}

function keysOf(fields: readonly TraitField[]): string[] {
  return fields.flatMap((field) => [field.key, ...(field.kind === "group" ? keysOf(field.fields) : [])]);
}
