import { isDeepStrictEqual } from "node:util";
import { KratosInvalidError, type ValidationIssue } from "../../kratos/index.js";
import { createPattern } from "./masked-text.js";
import { extract, getListPath, getValue, restore, startsWith, type TraitPath } from "./trait-path.js";

/** A change to traits by a caller who does not see all of them. */
export class MaskedChange {
  readonly #paths: readonly TraitPath[];
  readonly #traits: object;
  /** Finds the current values that are hidden from the caller. */
  #hidden?: RegExp;

  constructor(paths: readonly TraitPath[], traits: object) {
    this.#paths = paths;
    this.#traits = traits;
  }

  /**
   * Returns the new traits: those of the caller, and the hidden ones of the current traits that the caller does not set.
   * @throws {KratosInvalidError} if the items of a list with hidden values changed, so that it is unknown which item they belong to
   */
  applyTo = (current: object): object => {
    const { visible, hidden } = extract(current, this.#paths);
    this.#hidden = createPattern(hidden);
    const given = extract(this.#traits, this.#paths).visible;
    // Several paths can lead into the same list.
    const lists = new Map(this.#paths.flatMap((path) => getChangedList(path, current, visible, given)).map((list) => [list.join("."), list]));
    const issues = [...lists.values()].map((list) => ({ path: ["traits", ...list], message: LIST_MESSAGE }));
    if (issues.length > 0) throw new KratosInvalidError("updateIdentity", issues);
    const traits = structuredClone(this.#traits);
    for (const path of this.#paths) restore(traits, current, path);
    return traits;
  };

  /** Returns the error as the caller may see it: Kratos repeats a restored value in the message about it. */
  redactErrors(error: unknown): unknown {
    if (!(error instanceof KratosInvalidError)) return error;
    const issues = error.issues.map((issue) => (this.#isRevealing(issue) ? { ...issue, message: "The value is invalid. The reason is hidden from you." } : issue));
    return new KratosInvalidError(error.operation, issues);
  }

  #isRevealing({ path: [root, ...path], message }: ValidationIssue): boolean {
    const pathWithoutIndices = path.filter((key) => !/^\d+$/.test(key));
    const isMasked = root === "traits" && this.#paths.some((masked) => startsWith(path, masked) || startsWith(pathWithoutIndices, masked));
    const given = path.reduce<unknown>((parent, key) => (parent as Record<string, unknown> | undefined)?.[key], this.#traits) ?? undefined;
    return (isMasked && given === undefined) || (this.#hidden !== undefined && message.search(this.#hidden) >= 0);
  }
}

const LIST_MESSAGE =
  "The items of this list contain values that are hidden from you. Send the list exactly as you received it; you can only add new values for the hidden ones.";

/** The items of a list are known by their positions only, so a list with hidden values must stay as the caller sees it. */
function getChangedList(path: TraitPath, current: object, visible: object, given: object): TraitPath[] {
  const list = getListPath(current, path);
  if (!list || extract(getValue(current, list), [path.slice(list.length)]).hidden.length === 0) return [];
  // Cloned because objects that are literals in a query have no prototype, which counts as a difference.
  const isUnchanged = isDeepStrictEqual(structuredClone(getValue(visible, list)), structuredClone(getValue(given, list)));
  return isUnchanged ? [] : [list];
}
