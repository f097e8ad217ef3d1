/** The keys that lead to a trait, e.g. `["name", "last"]`. The items of a list have no key: the path leads to all of them. */
export type TraitPath = readonly string[];

export interface Extraction<T> {
  /** A copy without the values. What is not on a path is shared with the original. */
  readonly visible: T;
  /** All strings, numbers and booleans among the values. */
  readonly hidden: readonly unknown[];
}

/** Removes the values at the given paths. */
export function extract<T>(value: T, paths: readonly TraitPath[]): Extraction<T> {
  const hidden: unknown[] = [];
  return { visible: paths.reduce((visible, path) => remove(visible, path, hidden), value), hidden };
}

function remove<T>(value: T, path: TraitPath, removed: unknown[]): T {
  if (Array.isArray(value)) return value.map((item: unknown) => remove(item, path, removed)) as T;
  const [key = "", ...rest] = path;
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  if (rest.length > 0) return { ...value, [key]: remove(value[key], rest, removed) };
  const { [key]: found, ...visible } = value;
  for (const leaf of getLeaves(found)) removed.push(leaf);
  return visible as T;
}

/**
 * Copies the value at a path from one object to another, unless the other has a value there.
 * A list on the path must have the same items in both.
 */
export function restore(into: unknown, from: unknown, path: TraitPath): void {
  if (Array.isArray(into) && Array.isArray(from)) {
    into.forEach((item, index) => restore(item, from[index], path));
    return;
  }
  const [key = "", ...rest] = path;
  if (!isObject(into) || !isObject(from) || !Object.hasOwn(from, key)) return;
  if (rest.length === 0) {
    into[key] ??= from[key];
  } else if (into[key] !== undefined && into[key] !== null) {
    restore(into[key], from[key], rest);
  } else {
    const restored = {};
    restore(restored, from[key], rest);
    if (Object.keys(restored).length > 0) into[key] = restored;
  }
}

/** Returns the part of the path that leads to the first list on it, if there is one. */
export function getListPath(value: unknown, path: TraitPath): TraitPath | undefined {
  const depth = path.findIndex((_, length) => Array.isArray(getValue(value, path.slice(0, length))));
  return depth < 0 ? undefined : path.slice(0, depth);
}

/** Returns the value at a path without lists. */
export function getValue(value: unknown, path: TraitPath): unknown {
  return path.reduce((parent, key) => (isObject(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined), value);
}

export function startsWith(path: TraitPath, start: TraitPath): boolean {
  return start.every((key, index) => key === path[index]);
}

function getLeaves(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(getLeaves) : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
