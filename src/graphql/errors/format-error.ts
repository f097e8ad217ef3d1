import { GraphQLError, type GraphQLFormattedError } from "graphql";
import {
  KratosDisabledError,
  KratosError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosOverloadedError,
  KratosPublicUrlRequiredError,
  KratosUnavailableError,
  KratosUnsupportedError,
} from "../../kratos/index.js";

/** The codes of the adapter's errors; what is none of these is Kratos' own failure. */
const CODES: readonly (readonly [abstract new (...args: never[]) => KratosError, string])[] = [
  [KratosForbiddenError, "FORBIDDEN"],
  [KratosDisabledError, "FORBIDDEN"],
  [KratosFlowExpiredError, "FLOW_EXPIRED"],
  [KratosInvalidError, "BAD_USER_INPUT"],
  [KratosUnsupportedError, "UNSUPPORTED_BY_KRATOS"],
  [KratosPublicUrlRequiredError, "KRATOS_PUBLIC_URL_REQUIRED"],
  [KratosUnavailableError, "KRATOS_UNAVAILABLE"],
  [KratosOverloadedError, "OVERLOADED"],
  [KratosError, "KRATOS_ERROR"],
];

/**
 * An error as the caller sees it: Kratos' errors by their stable code, GraphQL's own as they are, and of all others
 * nothing but that there was one.
 * @param formatted the error in GraphQL's form
 * @param thrown what was thrown
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  if (thrown instanceof KratosError) return { message: messageOf(thrown), locations, path, extensions: extensionsOf(thrown) };
  if (!isUnexpected(formatted, thrown)) return formatted;
  return { message: "Internal server error. The server's log says more.", locations, path, extensions: { code: "INTERNAL_SERVER_ERROR" } };
}

/**
 * Whether an error is this server's own fault. One of GraphQL's that came of a field has a code where it was meant; without
 * one a value of Kratos' did not fit its field, and the message repeats the value.
 */
export function isUnexpected({ path }: Pick<GraphQLFormattedError, "path">, thrown: unknown): boolean {
  if (!(thrown instanceof GraphQLError)) return !(thrown instanceof KratosError);
  return path !== undefined && thrown.extensions["code"] === undefined;
}

/** The code that callers see of what was thrown. */
export function codeOf(thrown: unknown): string {
  return String(formatError(new GraphQLError(""), thrown).extensions?.["code"]);
}

/** In a mutation's faults a caller finds what they sent; what Kratos says of a query's may be anything. */
function messageOf(error: KratosError): string {
  return error instanceof KratosInvalidError ? "Kratos refuses this input." : error.message;
}

function extensionsOf(error: KratosError): Record<string, unknown> {
  const code = CODES.find(([kind]) => error instanceof kind)?.[1];
  if (error instanceof KratosFlowExpiredError) return { code, ...error.wayOn };
  if (error instanceof KratosUnsupportedError) return { code, since: error.since };
  if (error instanceof KratosUnavailableError && error.retryAfterS !== undefined) return { code, retryAfter: error.retryAfterS };
  return { code };
}
