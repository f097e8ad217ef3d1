import { GraphQLError, type GraphQLFormattedError } from "graphql";
import {
  KratosDisabledError,
  KratosError,
  KratosFlowExpiredError,
  KratosForbiddenError,
  KratosInvalidError,
  KratosNotFoundError,
  KratosOverloadedError,
  KratosPublicUrlRequiredError,
  KratosUnavailableError,
  KratosUnsupportedError,
} from "../kratos/index.js";

/** An argument that does not do. `message` says what was expected and what came. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
}

const MAX_CHARACTERS = 60;
const MAX_KEYS = 5;

/** What describeReceived, for a message: short whatever it is, as one request can bring the same large thing a thousand times. */
export function describeReceived(value: unknown): string {
  if (typeof value === "string") return value.length > MAX_CHARACTERS ? `a text of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  const keys = Object.keys(value);
  const parts = keys.slice(0, MAX_KEYS).map((key) => {
    const part = (value as Record<string, unknown>)[key];
    return `${describeReceived(key)}:${typeof part === "object" && part !== null ? "…" : describeReceived(part)}`;
  });
  return `{${[...parts, ...(keys.length > MAX_KEYS ? ["…"] : [])].join(",")}}`;
}

/** What is asked for, or null where Kratos has no such thing. */
export async function nullIfNotFound<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof KratosNotFoundError) return null;
    throw error;
  }
}

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
export function getErrorCode(thrown: unknown): string {
  return String(formatError(new GraphQLError(""), thrown).extensions?.["code"]);
}

/** In a mutation's faults a caller finds what they sent; what Kratos says of a query's may be anything. */
function messageOf(error: KratosError): string {
  return error instanceof KratosInvalidError ? "Kratos refuses this input." : error.message;
}

function extensionsOf(error: KratosError): Record<string, unknown> {
  const code = CODES.find(([kind]) => error instanceof kind)?.[1];
  if (error instanceof KratosFlowExpiredError) return { code, ...error.replacement };
  if (error instanceof KratosUnsupportedError) return { code, since: error.since };
  if (error instanceof KratosUnavailableError && error.retryAfterS !== undefined) return { code, retryAfter: error.retryAfterS };
  return { code };
}
