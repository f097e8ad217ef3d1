import type { CreateIdentityMutation } from "../generated/graphql";
import type { TraitField } from "./trait-fields.ts";

export type UserError = NonNullable<CreateIdentityMutation["createIdentity"]>["userErrors"][number];

export interface SortedFaults {
  /** What is wrong with each field, by its key. */
  readonly atField: ReadonlyMap<string, string[]>;
  /** What is wrong where the form has no field. */
  readonly elsewhere: readonly string[];
}

/** Puts each fault at the field that its path names; one inside of a field, as an entry of a list, at that field. */
export function sortFaults(userErrors: readonly UserError[], fields: readonly TraitField[]): SortedFaults {
  const keys = new Set(["schemaId", ...keysOf(fields)]);
  const atField = new Map<string, string[]>();
  const elsewhere: string[] = [];
  for (const { path, message } of userErrors) {
    const [, ...steps] = path ?? [];
    while (steps.length > 0 && !keys.has(steps.join("."))) steps.pop();
    const key = steps.join(".");
    if (key === "") elsewhere.push(message);
    else atField.set(key, [...(atField.get(key) ?? []), message]);
  }
  return { atField, elsewhere };
}

function keysOf(fields: readonly TraitField[]): string[] {
  return fields.flatMap((field) => [field.key, ...(field.kind === "group" ? keysOf(field.fields) : [])]);
}
