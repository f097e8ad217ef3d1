import type { GraphQLFormattedError } from "graphql";
import type { Limits } from "./limits.js";

/** What graphql-js by itself finds too large: how its message begins, and how ours says it. */
const FOUND: readonly (readonly [start: string, limit: string, message: (limits: Limits) => string])[] = [
  ["Syntax Error: Document contains more that ", "number of tokens", ({ tokens }) => `its number of tokens may be ${tokens} at the most, and it is more`],
  ["Maximum call stack size exceeded", "nesting", () => "its lists, objects or selections are nested too deeply to be read"],
  ["Validation aborted.", "overlapping fields", () => "too many of its fields have one name in one place"],
];

/** An error in the words and with the code that the other limits have, where it is one of a limit. */
export function asLimit(formatted: GraphQLFormattedError, limits: Limits): GraphQLFormattedError {
  const { message, locations, extensions } = formatted;
  const code = "OPERATION_TOO_LARGE";
  // Apollo Server gives all that it refuses as it validates one code.
  if (extensions?.["limit"] !== undefined) return { ...formatted, extensions: { ...extensions, code } };
  const isRefusal = ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"].includes(String(extensions?.["code"]));
  const [, limit, found] = (isRefusal && FOUND.find(([start]) => message.startsWith(start))) || [];
  if (!limit || !found) return formatted;
  return { message: `The operation is too large: ${found(limits)}. Ask for less at a time.`, locations, extensions: { code, limit } };
}
