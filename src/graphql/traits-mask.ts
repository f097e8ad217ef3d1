import type { WireIdentity } from "../kratos/index.js";

/** Replaces a hidden value that must be a string. */
export const MASKED = "***";

/** The keys that lead to a trait, e.g. `["name", "last"]`. The items of a list have no key: the path leads to all of them. */
type TraitPath = readonly string[];

/** Hides traits from callers who may not see them. */
export class TraitsMask {
  readonly #paths: readonly TraitPath[];

  /** @param paths e.g. `email` or `name.last` */
  constructor(paths: readonly string[]) {
    this.#paths = paths.map((path) => path.split("."));
  }

  /**
   * Returns the identity without the masked traits and without all of its addresses: any of them can be a masked trait, which
   * Kratos may have trimmed, converted to lower case or normalized.
   */
  identity(wire: WireIdentity): WireIdentity {
    const mask = <Address extends { value: string }>(addresses: readonly Address[] | undefined) =>
      addresses?.map((address) => ({ ...address, value: MASKED }));
    return {
      ...wire,
      traits: this.#paths.reduce(remove, wire.traits ?? {}),
      verifiable_addresses: mask(wire.verifiable_addresses),
      recovery_addresses: mask(wire.recovery_addresses),
    };
  }
}

/** Returns a copy without the value at the path. What is not on the path is shared with the original. */
function remove(value: unknown, path: TraitPath): unknown {
  if (Array.isArray(value)) return value.map((item) => remove(item, path));
  const [key = "", ...rest] = path;
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
  const { [key]: found, ...visible } = value as Readonly<Record<string, unknown>>;
  return rest.length === 0 ? visible : { ...visible, [key]: remove(found, rest) };
}
