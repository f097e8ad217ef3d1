import { CombinedGraphQLErrors, ServerError } from "@apollo/client";

/** What to tell the user of a request that failed: the graph's own words, or whether the server is there. */
export function messageOf(error: Error): string {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message).join(" ");
  if (ServerError.is(error)) return [401, 403].includes(error.statusCode) ? "You are not allowed to do this." : `The server answered with status ${error.statusCode}.`;
  return "The server cannot be reached.";
}
