import { isDeepStrictEqual } from "node:util";
import { KratosInvalidError, type ValidationIssue } from "../../kratos/index.js";
import { patternOf } from "./masked-text.js";
import { pathToList, putBack, startsWith, takeOut, valueAt, type TraitPath } from "./trait-path.js";

/** A change to traits by somebody who does not see all of them. */
export class MaskedChange {
  readonly #paths: readonly TraitPath[];
  readonly #traits: object;
  /** What the caller does not see and did not give. */
  #hidden?: RegExp;

  constructor(paths: readonly TraitPath[], traits: object) {
    this.#paths = paths;
    this.#traits = traits;
  }

  /**
   * The traits as they shall be: with what the caller does not see put back, where they give nothing of their own.
   * @throws {KratosInvalidError} where it cannot be told to which entry of a list a hidden value belongs now
   */
  onto = (present: object): object => {
    const shown = structuredClone(present);
    this.#hidden = patternOf(this.#paths.flatMap((path) => takeOut(shown, path)));
    const given = structuredClone(this.#traits);
    for (const path of this.#paths) takeOut(given, path);
    const changed = this.#paths.flatMap((path) => changedList(path, present, shown, given));
    // Several paths may lead into one list.
    const issues = changed.filter((fault, at) => changed.findIndex((other) => isDeepStrictEqual(fault, other)) === at);
    if (issues.length > 0) throw new KratosInvalidError("updateIdentity", issues);
    const whole = structuredClone(this.#traits);
    for (const path of this.#paths) putBack(whole, present, path);
    return whole;
  };

  /** An error as this caller may see it: what Kratos says of a value that was put back repeats it. */
  conceal(error: unknown): unknown {
    if (!(error instanceof KratosInvalidError)) return error;
    return new KratosInvalidError(error.operation, error.issues.map((fault) => (this.#tells(fault) ? { ...fault, message: "What is hidden from you here does not do." } : fault)));
  }

  #tells({ path: [root, ...path], message }: ValidationIssue): boolean {
    const names = path.filter((key) => !/^\d+$/.test(key));
    const masked = root === "traits" && this.#paths.some((one) => startsWith(path, one) || startsWith(names, one));
    const own = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], this.#traits);
    return (masked && (own ?? undefined) === undefined) || (this.#hidden !== undefined && message.search(this.#hidden) >= 0);
  }
}

/** A list that holds hidden values must come as the caller sees it: its entries have nothing but their places to be known by. */
function changedList(path: TraitPath, present: object, shown: object, given: object): ValidationIssue[] {
  const list = pathToList(present, path);
  if (!list || takeOut(structuredClone(valueAt(present, list)), path.slice(list.length)).length === 0) return [];
  if (isDeepStrictEqual(valueAt(shown, list), valueAt(given, list))) return [];
  const message = "The entries of this list hold values that are hidden from you, so it must stay as you see it; only hidden values may be given anew.";
  return [{ path: ["traits", ...list], message }];
}
