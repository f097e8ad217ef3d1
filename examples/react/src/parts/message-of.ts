import { CombinedGraphQLErrors, ServerError } from "@apollo/client";

/** What to do about an error, by its code in the response. */
const ADVICE: Readonly<Record<string, string>> = {
  UNAUTHENTICATED: "You are not signed in, or no longer. Sign in again.",
  FORBIDDEN: "You are not allowed to do this. Ask an administrator for access.",
  RATE_LIMITED: "There are too many requests at the moment. Try again in a minute.",
  OVERLOADED: "There are too many requests at the moment. Try again in a minute.",
  AUTHENTICATION_UNAVAILABLE: "Your access cannot be checked at the moment. Try again in a minute.",
  KRATOS_UNAVAILABLE: "Kratos cannot be reached at the moment. Try again in a minute.",
};

/** The codes that the status of a response without GraphQL stands for. */
const CODES: Readonly<Record<number, string>> = { 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 429: "RATE_LIMITED" };

/** What a user can do about a failed request. */
export function messageOf(error: Error): string {
  const extensions = extensionsOf(error);
  if (extensions.length > 0) return [...new Set(extensions.map(adviceFor))].join(" ");
  if (!ServerError.is(error)) return "The server cannot be reached. Check your connection, and try again.";
  const { statusCode } = error;
  if ([502, 503, 504].includes(statusCode)) return `The server is not available at the moment. Try again in a minute. If that does not help, tell the people who run it: status ${statusCode}.`;
  return adviceFor({ code: CODES[statusCode] ?? `status ${statusCode}` });
}

/** What the errors of a response say for programs. A request that is refused as a whole has them in a body with a status of its own. */
export function extensionsOf(error: Error | undefined): readonly Record<string, unknown>[] {
  if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ extensions = {} }) => extensions);
  if (!ServerError.is(error)) return [];
  try {
    const { errors } = JSON.parse(error.bodyText) as { errors: readonly { extensions: Record<string, unknown> }[] };
    return errors.map(({ extensions }) => extensions);
  } catch {
    return [];
  }
}

function adviceFor({ code, requiredScope, since }: Record<string, unknown> = {}): string {
  if (since) return `The connected Kratos is too old for this: it needs ${since} or later.`;
  if (requiredScope) return `You are not allowed to do this. Ask an administrator for the scope “${requiredScope}”.`;
  return ADVICE[String(code)] ?? `The server could not do this. Try again, and if that does not help, tell the people who run it: ${code}.`;
}

/** What failed of a response that has the rest: the errors at a field, or the error of the whole request. */
export function errorAt(error: Error | undefined, ...field: readonly string[]): Error | undefined {
  if (!CombinedGraphQLErrors.is(error)) return error;
  const errors = error.errors.filter(({ path = [] }) => path.every((step, index) => index >= field.length || step === field[index]));
  return errors.length > 0 ? new CombinedGraphQLErrors({ errors }) : undefined;
}

/** True if trying again does not help: the caller lacks a scope, or Kratos is too old. */
export function isFinal(error: Error): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors.every(({ extensions }) => extensions?.["requiredScope"] ?? extensions?.["since"]);
}

/** True if the response says so with a code. */
export function hasCode(error: Error | undefined, code: string): boolean {
  return CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.["code"] === code);
}

/** The scope that the caller lacks, if this is the reason. */
export function requiredScopeOf(error: Error): unknown {
  return CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.["requiredScope"]).find(Boolean) : undefined;
}

/** True if a mutation may have been carried out although it failed: the connection was lost, or its result cannot be read. */
export function mayBeDone(error: Error | undefined): boolean {
  if (!error) return false;
  if (CombinedGraphQLErrors.is(error)) return error.errors.some(({ path = [], extensions }) => path.length > 1 || extensions?.["outcome"] === "UNKNOWN");
  return !ServerError.is(error) || error.statusCode >= 500;
}
