import { GraphQLError } from "graphql";

/** An operation that is larger than one of the limits. */
export function limitError(limit: string, most: number, found: number | string): GraphQLError {
  return new GraphQLError(`The operation is too large: its ${limit} may be ${most} at the most, and it is ${found}. Ask for less at a time.`, {
    extensions: { code: "OPERATION_TOO_LARGE", limit, most, http: { status: 400 } },
  });
}
