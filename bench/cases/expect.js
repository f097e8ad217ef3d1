import { isDeepStrictEqual } from "node:util";
import { camelCase } from "./names.js";

/** @throws unless the answer is data alone */
export function dataOf(answer) {
  if (answer.errors) throw new Error(`expected no errors, got ${JSON.stringify(answer.errors).slice(0, 300)}`);
  return answer.data;
}

/**
 * @param got what a server gave for an identity, its keys in camel or snake case
 * @param identity the identity as Kratos has it
 * @param keys those it must have, in camel case
 * @throws unless all of them are as Kratos has them
 */
export function expectIdentity(got, identity, keys) {
  const actual = camelCase(got) ?? {};
  const expected = camelCase(identity);
  for (const key of keys) {
    const value = key === "state" ? actual.state?.toLowerCase() : actual[key];
    if (!isDeepStrictEqual(withoutNulls(value), expected[key])) {
      throw new Error(`${key}: expected ${JSON.stringify(expected[key])}, got ${JSON.stringify(value)}`);
    }
  }
}

/** @throws unless the list has these identities in this order */
export function expectIdentities(list, identities, keys) {
  if (list?.length !== identities.length) throw new Error(`expected ${identities.length} identities, got ${list?.length}`);
  identities.forEach((identity, index) => expectIdentity(list[index], identity, keys));
}

/** What Kratos leaves out is null in a graph. */
function withoutNulls(value) {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutNulls(member)]));
}
