import { unwrapResolverError } from "@apollo/server/errors";
import type { GraphQLError, GraphQLFormattedError } from "graphql";
import { formatError, isUnexpected } from "../../graphql/errors.js";
import { KratosError } from "../../kratos/index.js";
import { formatLimitError, type Limits } from "../limits/limits.js";
import { errorForLog, type Logger } from "../logger.js";

/** Logs an error of an operation if there are details that callers do not see: those of a Kratos failure, or of a bug in this server. */
export function logError(logger: Logger, error: GraphQLError): void {
  const thrown = unwrapResolverError(error);
  const path = error.path?.join(".");
  if (thrown instanceof KratosError) {
    const { operation, detail, message } = thrown;
    if (detail !== undefined) logger.warn({ operation, path, detail }, message);
  } else if (isUnexpected(error, thrown)) {
    logger.error({ path, err: errorForLog(thrown) }, "A resolver failed.");
  }
}

/** Creates Apollo Server's `formatError`, which turns errors into what callers see. */
export function createErrorFormatter(limits: Limits, introspection: boolean) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const result = formatError(formatLimitError(formatted, limits), unwrapResolverError(error));
    return introspection ? result : hideSchema(result);
  };
}

/** Removes suggestions of names. Apollo Server's option `hideSchemaDetailsFromClientErrors` keeps those for variables. */
function hideSchema(formatted: GraphQLFormattedError): GraphQLFormattedError {
  // Apollo Server's message names the software, and tells the operator how to enable introspection.
  if (formatted.extensions?.["validationErrorCode"] === "INTROSPECTION_DISABLED") return { ...formatted, message: "Introspection is disabled on this server." };
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean .+\?$/s, "") };
}

/** Returns the codes of errors, without duplicates. */
export function getErrorCodes(errors: readonly GraphQLFormattedError[]): string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
}
