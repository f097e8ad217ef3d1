import type { UserErrorCode } from "../generated/graphql";
import { MEANINGS } from "../parts/meanings";
import type { TraitField } from "./trait-fields";

export interface UserError {
  readonly code: UserErrorCode;
  readonly path: readonly string[] | null;
  /** Why the value is not accepted, if the instruction of its field cannot say it. */
  readonly reason?: string;
}

/** A field that can show an error. */
export type Place = Pick<TraitField, "key" | "instruction" | "unique">;

export interface SortedErrors {
  /** The error of each field, by its key. */
  readonly byField: ReadonlyMap<string, string>;
  /** The errors that belong to no field. */
  readonly other: readonly string[];
}

/**
 * Makes a sentence for the user of each error, and assigns it to a field. Kratos does not say which value is in conflict: it can
 * be any that must be unique.
 * @param sent the form as it was sent
 */
export function sortErrors(userErrors: readonly UserError[], places: readonly Place[], sent: FormData): SortedErrors {
  const byField = new Map<string, string>();
  const other = new Set<string>();
  const unique = places.filter((place) => place.unique && sent.get(place.key));
  for (const { code, path, reason } of userErrors) {
    const [, ...steps] = path ?? [];
    const place = placeOf(steps, places);
    if (code === "CONFLICT" && unique.length > 0) {
      const sentence = unique.length === 1 ? "Another identity already uses this value." : MEANINGS.CONFLICT;
      for (const { key } of unique) byField.set(key, sentence);
    } else if (code === "INVALID" && place) {
      byField.set(place.key, reason ? `${place.instruction} Reason: ${reason}` : place.instruction);
    } else if (code === "INVALID" && steps.length > 1) {
      other.add(`The identity schema does not allow “${steps.slice(1).join(".")}”.`);
    } else {
      other.add(MEANINGS[code]);
    }
  }
  return { byField, other: [...other] };
}

/** An error inside a field, e.g. at an item of a list, belongs to that field. */
function placeOf(steps: readonly string[], places: readonly Place[]): Place | undefined {
  if (steps.length === 0) return undefined;
  return places.find(({ key }) => key === steps.join(".")) ?? placeOf(steps.slice(0, -1), places);
}
