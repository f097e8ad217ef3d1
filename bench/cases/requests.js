/** How cases build their requests and check the answers. */
import { isDeepStrictEqual } from "node:util";

/** @returns a REST request, for the bare proxy */
export function get(path) {
  return { method: "GET", path, headers: { accept: "application/json" } };
}

/** @returns a request with a JSON body */
export function send(method, path, body) {
  const headers = { accept: "application/json", "content-type": "application/json" };
  return { method, path, headers, body: JSON.stringify(body) };
}

/** @returns a GraphQL request as clients send it: the query is always the same, the variables differ */
export function graphql(query, variables) {
  return send("POST", "/graphql", { query, variables });
}

/** @returns the query on one line, without the indentation of the source code */
export function oneLine(query) {
  return query.replace(/\s+/g, " ").trim();
}

/** @returns the query with its names in snake case, for the graphs that keep the names of Kratos */
export function snakeCase(query) {
  return query.replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/**
 * @returns the data of a GraphQL answer
 * @throws if the answer has errors
 */
export function dataOf(answer) {
  if (answer.errors) throw new Error(`Expected no errors, received ${JSON.stringify(answer.errors).slice(0, 300)}.`);
  return answer.data;
}

/**
 * @param received the identity that a server answered, with keys in camel or snake case
 * @param identity the identity as the upstream has it
 * @param keys the keys to compare, in camel case
 * @throws if a value differs
 */
export function expectIdentity(received, identity, keys) {
  const actual = comparable(received ?? {});
  const expected = comparable(identity);
  for (const key of keys) {
    const value = key === "state" ? actual.state?.toLowerCase() : actual[key];
    if (!isDeepStrictEqual(value, expected[key])) {
      throw new Error(`Expected ${key} to be ${JSON.stringify(expected[key])}, received ${JSON.stringify(value)}.`);
    }
  }
}

/** @throws if the list does not consist of these identities in this order */
export function expectIdentities(list, identities, keys) {
  if (list?.length !== identities.length) {
    throw new Error(`Expected ${identities.length} identities, received ${list?.length}.`);
  }
  identities.forEach((identity, index) => expectIdentity(list[index], identity, keys));
}

/** Keys in camel case, without what Kratos omits and a graph answers as null or as an empty list. */
function comparable(value) {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const isEmpty = (member) => member === null || (Array.isArray(member) && member.length === 0);
  const members = Object.entries(value).filter(([, member]) => !isEmpty(member));
  const camelCase = (key) => key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(members.map(([key, member]) => [camelCase(key), comparable(member)]));
}
