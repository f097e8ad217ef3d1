import { GraphQLError } from "graphql";

/** An argument that does not do. `message` says what was expected and what came. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}
