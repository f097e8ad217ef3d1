import { GraphQLError, type GraphQLFormattedError } from "graphql";
import {
  KratosDisabledError,
  KratosError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosNotFoundError,
  KratosOverloadedError,
  KratosPositionError,
  KratosPublicUrlRequiredError,
  KratosSessionInvalidError,
  KratosSignInRequiredError,
  KratosUnavailableError,
  KratosUnsupportedError,
  isTooDeep,
  MAX_LEVELS,
} from "../kratos/index.js";

/** The codes of the adapter's errors. The first class that matches counts. */
const CODES: readonly (readonly [abstract new (...args: never[]) => KratosError, string])[] = [
  [KratosForbiddenError, "FORBIDDEN"],
  [KratosDisabledError, "FORBIDDEN"],
  [KratosSignInRequiredError, "FORBIDDEN"],
  [KratosSessionInvalidError, "UNAUTHENTICATED"],
  [KratosFlowExpiredError, "FLOW_EXPIRED"],
  [KratosInvalidError, "BAD_USER_INPUT"],
  [KratosPositionError, "BAD_USER_INPUT"],
  [KratosUnsupportedError, "UNSUPPORTED_BY_KRATOS"],
  [KratosPublicUrlRequiredError, "KRATOS_PUBLIC_URL_REQUIRED"],
  [KratosUnavailableError, "KRATOS_UNAVAILABLE"],
  [KratosOverloadedError, "OVERLOADED"],
  [KratosError, "KRATOS_ERROR"],
];

/**
 * Formats an error for the caller. Errors of Kratos get their stable code, errors of GraphQL stay as they are, and of any
 * other error the caller learns nothing.
 * @param formatted the error in GraphQL's format
 * @param thrown the error as it was thrown
 */
export function formatError(formatted: GraphQLFormattedError, thrown: unknown): GraphQLFormattedError {
  const { locations, path } = formatted;
  if (thrown instanceof KratosError) return { message: getMessage(thrown), locations, path, extensions: getExtensions(thrown) };
  if (!isUnexpected(formatted, thrown)) return formatted;
  return { message: "Internal server error. For details, see the server log.", locations, path, extensions: { code: "INTERNAL_SERVER_ERROR" } };
}

/**
 * True if an error is a bug in this server. A GraphQLError of a field that was thrown on purpose has a code; one without
 * comes from GraphQL itself, because a value of Kratos does not match the type of its field, and its message repeats the value.
 */
export function isUnexpected({ path }: Pick<GraphQLFormattedError, "path">, thrown: unknown): boolean {
  if (!(thrown instanceof GraphQLError)) return !(thrown instanceof KratosError);
  return path !== undefined && thrown.extensions["code"] === undefined;
}

/** The code that callers get for an error. */
export function getErrorCode(thrown: unknown): string {
  const error = thrown instanceof GraphQLError ? thrown : new GraphQLError("");
  return String(formatError(error, thrown).extensions?.["code"]);
}

/** Kratos' validation messages describe the caller's own input in mutations only. Elsewhere they can contain anything. */
function getMessage(error: KratosError): string {
  return error instanceof KratosInvalidError ? "Kratos rejected the input." : error.message;
}

/** The `extensions` of an error of Kratos, with its code. */
export function getExtensions(error: KratosError): Record<string, unknown> {
  const code = CODES.find(([type]) => error instanceof type)?.[1];
  if (error instanceof KratosSignInRequiredError) {
    const { errorId: reason, newFlowPath } = error;
    return { code, reason, ...(reason === "session_aal2_required" && { requiredAal: "aal2" }), newFlowPath };
  }
  if (error instanceof KratosFlowExpiredError) return { code, ...error.replacement };
  if (error instanceof KratosUnsupportedError) return { code, since: error.since };
  if (error instanceof KratosUnavailableError && error.retryAfterS !== undefined) return { code, retryAfter: error.retryAfterS };
  return error.outcome === "UNKNOWN" ? { code, outcome: error.outcome } : { code };
}

/** Returns null if Kratos does not have the requested resource. */
export async function nullIfNotFound<T>(resource: Promise<T>): Promise<T | null> {
  try {
    return await resource;
  } catch (error) {
    if (error instanceof KratosNotFoundError) return null;
    throw error;
  }
}

/**
 * Creates the error for an invalid argument.
 * @param message says what was expected and what was received
 */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

/** Longer than any ID, token, cursor or duration, and as long as a URL can be everywhere. */
const MAX_TEXT_LENGTH = 2048;

/**
 * Checks the length of an argument that is text, or of the texts in an input, and the nesting of JSON. All texts of this API are
 * short, e.g. IDs, URLs and durations; what may be large is JSON. Called for every argument before its field is resolved, with its
 * value: one operation can use a variable of a megabyte a thousand times, and a value can be nested in the document, too.
 * @throws BAD_USER_INPUT if a text is too long, or the value is nested too deeply
 */
export function checkArgument(argument: unknown): void {
  if (isTooDeep(argument)) throw badUserInput(`Lists and objects in an argument must be nested at most ${MAX_LEVELS} levels deep.`);
  const values: unknown[] = typeof argument === "object" && argument !== null ? Object.values(argument) : [argument];
  for (const value of values) {
    if (typeof value !== "string" || value.length <= MAX_TEXT_LENGTH) continue;
    throw badUserInput(`Texts, e.g. IDs, cursors and URLs, must have at most ${MAX_TEXT_LENGTH} characters; received a string of ${value.length} characters.`);
  }
}

const MAX_CHARACTERS = 60;
const MAX_KEYS = 5;

/** Describes a received value for an error message. Always short: one request can repeat the same large value a thousand times. */
export function describeReceived(value: unknown): string {
  if (typeof value === "string") return value.length > MAX_CHARACTERS ? `a string of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length} items`;
  if (typeof value !== "object" || value === null) return String(value);
  const keys = Object.keys(value);
  const parts = keys.slice(0, MAX_KEYS).map((key) => {
    const part = (value as Record<string, unknown>)[key];
    return `${describeReceived(key)}:${typeof part === "object" && part !== null ? "…" : describeReceived(part)}`;
  });
  return `{${[...parts, ...(keys.length > MAX_KEYS ? ["…"] : [])].join(",")}}`;
}
