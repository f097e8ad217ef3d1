import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { formatError, isUnexpected } from "../../graphql/errors.js";
import { KratosError } from "../../kratos/index.js";
import { formatLimitError, type Limits } from "../limits/limits.js";
import { errorForLog, type Logger } from "../logger.js";
import type { RequestTelemetry } from "../telemetry/telemetry.js";

/** Maximum number of errors of one operation that are logged: a thousand references can fail for the same reason. */
const MAX_LOGGED_ERRORS = 20;

/** Logs the errors of an operation that have details that callers do not see: those of a Kratos failure, or of a bug in this server. */
export function logErrors(telemetry: RequestTelemetry, errors: readonly GraphQLError[]): void {
  const unlogged = errors.filter(hasDetails);
  if (unlogged.length === 0) return;
  const { logger } = telemetry;
  for (const error of unlogged.splice(0, MAX_LOGGED_ERRORS)) logError(logger, error);
  if (unlogged.length > 0) logger.warn({ errors: errors.length }, "Further errors of this operation are not logged.");
}

function hasDetails(error: GraphQLError): boolean {
  const thrown = unwrapResolverError(error);
  return thrown instanceof KratosError ? thrown.detail !== undefined : isUnexpected(error, thrown);
}

function logError(logger: Logger, error: GraphQLError): void {
  const thrown = unwrapResolverError(error);
  const path = error.path?.join(".");
  if (thrown instanceof KratosError) {
    const { operation, detail, message } = thrown;
    logger.warn({ operation, path, detail }, message);
  } else {
    logger.error({ path, err: errorForLog(thrown) }, "A resolver failed.");
  }
}

/** Creates Apollo Server's `formatError`, which turns errors into what callers see. */
export function createErrorFormatter(limits: Limits, introspection: boolean) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const result = formatError(addMissingCode(formatLimitError(formatted, limits)), unwrapResolverError(error));
    return shorten(hideSecret(introspection ? result : hideSchema(result), error));
  };
}

/** Longer than any message that does not repeat a value of the caller. */
const MAX_MESSAGE_LENGTH = 2_000;

/** Cuts a long message: graphql-js repeats invalid values, which can be as long as the request. */
function shorten(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { message } = formatted;
  return message.length > MAX_MESSAGE_LENGTH ? { ...formatted, message: `${message.slice(0, MAX_MESSAGE_LENGTH)}…` } : formatted;
}

const INVALID_VARIABLE = /^Variable "\$\w+" got invalid value /;
const INVALID_LITERAL = /^(\w+ cannot represent [^:]+|Expected value of type "[^"]+")(?:: |, found ).*$/s;
const SECRET = /password|credential/i;

/** Removes what graphql-js repeats of an invalid value that has a password or its hash: gateways log errors of subgraphs. */
function hideSecret(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { message } = formatted;
  const [, problem] = INVALID_LITERAL.exec(message) ?? [];
  if (problem !== undefined && error instanceof GraphQLError && SECRET.test(error.source?.body ?? "")) {
    return { ...formatted, message: `${problem}. The value is not repeated here because it may contain a password.` };
  }
  if (!INVALID_VARIABLE.test(message) || !SECRET.test(message)) return formatted;
  const [variable] = message.split(" got ", 1);
  return { ...formatted, message: `${variable} got an invalid value${getPlace(error)}, which is not repeated here because it may contain a password. Compare the value with the schema.` };
}

/** Where in a variable graphql-js found the invalid value: between the value and the reason, both of which can contain the same words. */
function getPlace(error: unknown): string {
  if (!(error instanceof GraphQLError) || !error.originalError) return "";
  const reason = `; ${error.originalError.message}`;
  if (!error.message.endsWith(reason)) return "";
  return / at "[\w.[\]]+"$/.exec(error.message.slice(0, -reason.length))?.[0] ?? "";
}

/** The only error of Apollo Server that is the caller's and has no code, so that it would look like a failure of this server. */
function addMissingCode(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (formatted.message !== "provided sha does not match query") return formatted;
  const message = "The hash in the extension persistedQuery must be the SHA-256 of the query, in lower-case hexadecimal digits.";
  return { ...formatted, message, extensions: { code: "PERSISTED_QUERY_HASH_MISMATCH" } };
}

/** Removes suggestions of names. Apollo Server's option `hideSchemaDetailsFromClientErrors` keeps those for variables. */
function hideSchema(formatted: GraphQLFormattedError): GraphQLFormattedError {
  // Apollo Server's message names the software, and tells the operator how to enable introspection.
  if (formatted.extensions?.["validationErrorCode"] === "INTROSPECTION_DISABLED") return { ...formatted, message: "Introspection is disabled on this server." };
  const { message } = formatted;
  // The last one: a value that the message repeats can contain the same words. A regular expression would take quadratic time.
  const start = message.endsWith("?") ? message.lastIndexOf("Did you mean ") : -1;
  return start < 0 ? formatted : { ...formatted, message: message.slice(0, start).trimEnd() };
}

/** Returns the codes of errors, without duplicates. */
export function getErrorCodes(errors: readonly GraphQLFormattedError[]): string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))];
}
