import { errorOf } from "./error-mapping.js";
import { KratosVersionMismatchError, KratosUnexpectedResponseError } from "./errors.js";
import { parseJson } from "./json.js";
import type { KratosAnswer } from "./sender.js";
import { secondsIn } from "./retry-after.js";
import type { WireErrorBody } from "./types.js";

/**
 * The JSON of a good answer.
 * @throws {KratosError} of the kind that the status means
 */
export function readJson(operation: string, answer: KratosAnswer): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    // A page in Kratos' place may well be JSON by chance, but does not say that it is.
    const value = answer.contentType.includes("json") ? parseJson(answer.body) : undefined;
    return value === undefined ? fail(new KratosUnexpectedResponseError(operation, answer.status, "not JSON")) : value;
  }
  if (answer.status >= 300 && answer.status < 400) throw new KratosVersionMismatchError(operation, answer.status, answer.location);
  throw errorOf(operation, answer.status, errorBodyIn(answer), secondsIn(answer.retryAfter));
}

/** The JSON of a good answer, which must be an object with the given keys. */
export function readObject<T extends object>(operation: string, answer: KratosAnswer, keys: readonly (keyof T & string)[]): T {
  const value = readJson(operation, answer);
  return holds<T>(value, keys) ? value : fail(new KratosUnexpectedResponseError(operation, answer.status, "JSON of another shape"));
}

/** The JSON of a good answer, which must be a list of objects with the given keys. */
export function readList<T extends object>(operation: string, answer: KratosAnswer, keys: readonly (keyof T & string)[]): T[] {
  const value = readJson(operation, answer);
  return Array.isArray(value) && value.every((item) => holds<T>(item, keys))
    ? value
    : fail(new KratosUnexpectedResponseError(operation, answer.status, "JSON of another shape"));
}

function errorBodyIn(answer: KratosAnswer): WireErrorBody | undefined {
  const body = answer.contentType.includes("json") ? parseJson(answer.body) : undefined;
  return holds<{ error: WireErrorBody }>(body, ["error"]) && holds<WireErrorBody>(body.error, []) ? body.error : undefined;
}

function holds<T extends object>(value: unknown, keys: readonly (keyof T)[]): value is T {
  return typeof value === "object" && value !== null && !Array.isArray(value) && keys.every((key) => key in value);
}

function fail(error: Error): never {
  throw error;
}
