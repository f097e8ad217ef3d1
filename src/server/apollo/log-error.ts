import { unwrapResolverError } from "@apollo/server/errors";
import type { GraphQLError, GraphQLFormattedError } from "graphql";
import { isUnexpected } from "../../graphql/errors.js";
import { KratosError } from "../../kratos/index.js";
import { errorForLog, type Logger } from "../logger.js";

/**
 * Writes one error of an operation to the log, where there is more to say than the caller is told: what is behind a failure of
 * Kratos', and this server's own faults.
 */
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

/** The codes of errors, each once. */
export function getErrorCodes(errors: readonly GraphQLFormattedError[]): string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
}
