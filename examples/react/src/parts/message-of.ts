import { CombinedGraphQLErrors, ServerError } from "@apollo/client";

/** The message for a failed request: the messages in the response, or whether the server can be reached. */
export function messageOf(error: Error): string {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ message }) => message).join(" ");
  if (ServerError.is(error)) return [401, 403].includes(error.statusCode) ? "You are not allowed to do this." : `The server responded with status ${error.statusCode}.`;
  return "The server cannot be reached.";
}
