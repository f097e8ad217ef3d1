import type { JsonObject, JsonValue } from "kratos-graphql/codegen";
import { isObject } from "../form/trait-values";

/** The change from one object to another, as a JSON Merge Patch: null removes a value, and what has not changed is left out. */
export function changesBetween(before: JsonObject, after: JsonObject): JsonObject {
  const changes: JsonObject = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[key], after[key]];
    if (isSame(old, now)) continue;
    changes[key] = isObject(old) && isObject(now) ? changesBetween(old, now) : (now ?? null);
  }
  return changes;
}

/** A trait that someone has changed while someone else edited the identity. */
export interface TraitChange {
  /** Path of the trait, e.g. `["name", "first"]`. */
  readonly path: readonly string[];
  readonly before: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
  readonly mine: JsonValue | undefined;
  /** True if both have changed it, to different values. */
  readonly isContested: boolean;
}

/** Compares what two people have made of the same traits. What only I have changed is not in the list. */
export function compareTraits(before: JsonObject, theirs: JsonObject, mine: JsonObject): TraitChange[] {
  const paths = new Map([before, theirs, mine].flatMap(leavesOf).map((path) => [path.join("\0"), path]));
  return [...paths.values()].flatMap((path) => {
    const change = { path, before: valueAt(before, path), theirs: valueAt(theirs, path), mine: valueAt(mine, path) };
    if (isSame(change.before, change.theirs)) return [];
    return { ...change, isContested: !isSame(change.before, change.mine) && !isSame(change.theirs, change.mine) };
  });
}

/**
 * My traits with the changes of someone else. Of what both have changed, mine is kept.
 * @param yielded keys of the changes whose values I take over
 */
export function mergeTraits(mine: JsonObject, changes: readonly TraitChange[], yielded: ReadonlySet<TraitChange>): JsonObject {
  return changes.filter((change) => !change.isContested || yielded.has(change)).reduce((traits, { path, theirs }) => withValueAt(traits, path, theirs), mine);
}

function leavesOf(value: JsonObject): string[][] {
  return Object.entries(value).flatMap(([key, inner]) => (isObject(inner) ? leavesOf(inner).map((path) => [key, ...path]) : [[key]]));
}

function valueAt(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function withValueAt(object: JsonObject, [key = "", ...rest]: readonly string[], value: JsonValue | undefined): JsonObject {
  const { [key]: current, ...others } = object;
  const inner = rest.length > 0 ? withValueAt(isObject(current) ? current : {}, rest, value) : value;
  const isEmpty = inner === undefined || (rest.length > 0 && isObject(inner) && Object.keys(inner).length === 0);
  return isEmpty ? others : { ...object, [key]: inner };
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (isObject(one) && isObject(other)) return Object.keys(changesBetween(one, other)).length === 0;
  return JSON.stringify(one) === JSON.stringify(other);
}
