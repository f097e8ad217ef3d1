import { KratosConflictError } from "./errors/conflict-error.js";
import { KratosDisabledError } from "./errors/disabled-error.js";
import { KratosFlowExpiredError } from "./errors/flow-expired-error.js";
import { KratosForbiddenError } from "./errors/forbidden-error.js";
import { KratosInvalidError } from "./errors/invalid-error.js";
import type { KratosError } from "./errors/kratos-error.js";
import { KratosNotFoundError } from "./errors/not-found-error.js";
import { KratosRedirectedError } from "./errors/redirected-error.js";
import { KratosUnavailableError } from "./errors/unavailable-error.js";
import { KratosUnexpectedAnswerError } from "./errors/unexpected-answer-error.js";
import { faultsInValidation, type Fault } from "./faults.js";
import type { KratosAnswer } from "./http.js";
import { publicText } from "./public-text.js";
import type { WireErrorBody } from "./wire.js";

/**
 * The JSON of a good answer.
 * @throws {KratosError} of the kind that the status means. The `code` in the body is not looked at: it is often another.
 */
export function readJson(operation: string, answer: KratosAnswer): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    const value = parse(answer.body);
    return value === undefined ? fail(new KratosUnexpectedAnswerError(operation, answer.status, "not JSON")) : value;
  }
  if (answer.status >= 300 && answer.status < 400) throw new KratosRedirectedError(operation, answer.location);
  throw errorOf(operation, answer.status, errorBodyIn(answer));
}

/** The JSON of a good answer, which must be an object with the given keys. */
export function readObject<T extends object>(operation: string, answer: KratosAnswer, keys: readonly (keyof T & string)[]): T {
  const value = readJson(operation, answer);
  return holds<T>(value, keys) ? value : fail(new KratosUnexpectedAnswerError(operation, answer.status, "JSON of another shape"));
}

/** The JSON of a good answer, which must be a list of objects with the given keys. */
export function readList<T extends object>(operation: string, answer: KratosAnswer, keys: readonly (keyof T & string)[]): T[] {
  const value = readJson(operation, answer);
  return Array.isArray(value) && value.every((item) => holds<T>(item, keys))
    ? value
    : fail(new KratosUnexpectedAnswerError(operation, answer.status, "JSON of another shape"));
}

/** The error that a status and an error body of Kratos mean. */
export function errorOf(operation: string, status: number, body: WireErrorBody | undefined): KratosError {
  const reason = publicText(body?.reason);
  if (/^[^[]*(is not allowed because it|endpoint) was disabled/.test(body?.reason ?? "")) {
    return new KratosDisabledError(operation, reason ?? "Kratos' configuration switches this off.");
  }
  if (status === 400) return new KratosInvalidError(operation, faultsIn(body));
  if (status === 401 || status === 403) {
    return new KratosForbiddenError(operation, reason ?? `Kratos refuses ${operation} to this caller.`);
  }
  // Without a body it is a path that this Kratos does not have, which is not a missing thing.
  if (status === 404 && body) return new KratosNotFoundError(operation);
  if (status === 409) {
    // The text names the database's constraint (v0.6.3) or nothing.
    return new KratosConflictError(operation, "Another identity has one of these identifiers or addresses already.");
  }
  if (status === 410) return new KratosFlowExpiredError(operation, reason ?? "The flow has expired.", newFlowPathIn(body));
  const detail = body ? [body.message, body.reason].filter(Boolean).join(": ") : "no error body";
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    return new KratosUnavailableError(operation, `Kratos cannot answer ${operation} now (status ${status}).`, { detail });
  }
  return new KratosUnexpectedAnswerError(operation, status, detail);
}

export const badDuration: Fault = {
  path: ["expires_in"],
  message: 'Expected a duration greater than zero, such as "12h", "1h30m" or "4ms".',
};

/** The faults that Kratos has a sentence of its own for. */
const FAULTS: readonly (readonly [RegExp, (found: string) => Fault])[] = [
  [/^Unable to find JSON Schema ID: (.*)$/s, (id) => ({ path: ["schema_id"], message: `Kratos has no identity schema "${id}".` })],
  [/"expires_in"/, () => badDuration],
  [/^The identity does not have any recovery addresses set/, () => ({ path: ["identity_id"], message: "The identity has no recovery address." })],
];

function faultsIn(body: WireErrorBody | undefined): Fault[] {
  const reason = body?.reason ?? "";
  const faults = faultsInValidation(reason);
  if (faults.length > 0) return faults;
  for (const [pattern, fault] of FAULTS) {
    const found = pattern.exec(reason);
    if (found) return [fault(found[1] ?? "")];
  }
  return [{ path: [], message: publicText(reason) ?? publicText(body?.message) ?? "Kratos refuses this input." }];
}

/** Kratos gives the address that starts a new flow; its host is the operator's business. */
function newFlowPathIn(body: WireErrorBody | undefined): string | undefined {
  const details = body?.details as Record<string, unknown> | undefined;
  const url = details?.["api"] ?? details?.["redirect_to"];
  return typeof url === "string" && URL.canParse(url) ? new URL(url).pathname : undefined;
}

function errorBodyIn(answer: KratosAnswer): WireErrorBody | undefined {
  const body = answer.contentType.includes("json") ? parse(answer.body) : undefined;
  return holds<{ error: WireErrorBody }>(body, ["error"]) && holds<WireErrorBody>(body.error, []) ? body.error : undefined;
}

/** @returns undefined, which JSON cannot say, where the text is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holds<T extends object>(value: unknown, keys: readonly (keyof T)[]): value is T {
  return typeof value === "object" && value !== null && keys.every((key) => key in value);
}

function fail(error: Error): never {
  throw error;
}
