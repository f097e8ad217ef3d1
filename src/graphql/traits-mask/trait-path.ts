/** The keys that lead to a trait; a list's entries have none of their own. */
export type TraitPath = readonly string[];

export type Json = Record<string, unknown>;

/** Takes what is at a path out of a value. @returns all texts, numbers and truths that were there */
export function takeOut(value: unknown, [key, ...rest]: TraitPath): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => takeOut(item, [key!, ...rest]));
  if (!isObject(value) || !Object.hasOwn(value, key!)) return [];
  if (rest.length > 0) return takeOut(value[key!], rest);
  const taken = value[key!];
  delete value[key!];
  return leavesOf(taken);
}

/** Puts what is at a path of one value into another, where that has nothing there. Lists must be of the same entries. */
export function putBack(into: unknown, from: unknown, [key, ...rest]: TraitPath): void {
  if (Array.isArray(into) && Array.isArray(from)) {
    into.forEach((item, index) => putBack(item, from[index], [key!, ...rest]));
    return;
  }
  if (!isObject(into) || !isObject(from) || !Object.hasOwn(from, key!)) return;
  if (rest.length === 0) into[key!] ??= from[key!];
  else if (into[key!] !== undefined && into[key!] !== null) putBack(into[key!], from[key!], rest);
  else putBackAlone(into, key!, from[key!], rest);
}

/** The path as far as the first list on it, where one is. */
export function pathToList(value: unknown, path: TraitPath): TraitPath | undefined {
  let at = value;
  for (const [depth, key] of path.entries()) {
    if (Array.isArray(at)) return path.slice(0, depth);
    at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }
  return undefined;
}

/** What is at a path without lists. */
export function valueAt(value: unknown, path: TraitPath): unknown {
  return path.reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}

export function startsWith(path: TraitPath, start: TraitPath): boolean {
  return start.every((key, at) => key === path[at]);
}

/** The caller saw nothing else at this key, or left it out: what was hidden there comes back by itself. */
function putBackAlone(into: Json, key: string, from: unknown, rest: TraitPath): void {
  const alone: Json = {};
  putBack(alone, from, rest);
  if (Object.keys(alone).length > 0) into[key] = alone;
}

function leavesOf(value: unknown): unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [value];
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
