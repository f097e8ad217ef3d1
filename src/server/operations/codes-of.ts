import type { GraphQLFormattedError } from "graphql";

/** The codes of errors, each once. */
export function codesOf(errors: readonly GraphQLFormattedError[]): string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
}
