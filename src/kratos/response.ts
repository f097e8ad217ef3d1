import type { AfterResponseHook } from "ky";

/** A successful response is not of the format that the operation has. `message` says what is wrong with it. */
export class ResponseFormatError extends Error {
  override readonly name = "ResponseFormatError";
}

/** The media types that requests accept, and what a response of another type is. */
const MEDIA_TYPES: Readonly<Record<string, string>> = { "application/json": "not JSON", "text/plain": "not plain text" };

/**
 * Checks that a successful response has the media type that the request accepts. A page that a proxy serves in Kratos' place
 * can happen to be valid JSON, but is not labeled as JSON.
 */
export const checkContentType: AfterResponseHook = (request, _options, response) => {
  if (!response.ok || response.status === 204) return;
  const accepted = request.headers.get("accept") ?? "";
  const mismatch = MEDIA_TYPES[accepted];
  if (mismatch && !response.headers.get("content-type")?.includes(accepted)) throw new ResponseFormatError(mismatch);
};

/**
 * Checks that a response's JSON is an object with the given keys.
 * @throws {ResponseFormatError} if it is not
 */
export function expectObject<T extends object>(json: unknown, keys: readonly (keyof T & string)[]): T {
  if (isObjectWith<T>(json, keys)) return json;
  throw new ResponseFormatError("JSON of another shape");
}

/**
 * Checks that a response's JSON is a list of objects with the given keys.
 * @throws {ResponseFormatError} if it is not
 */
export function expectList<T extends object>(json: unknown, keys: readonly (keyof T & string)[]): T[] {
  if (Array.isArray(json) && json.every((item) => isObjectWith<T>(item, keys))) return json;
  throw new ResponseFormatError("JSON of another shape");
}

function isObjectWith<T extends object>(value: unknown, keys: readonly (keyof T)[]): value is T {
  return typeof value === "object" && value !== null && !Array.isArray(value) && keys.every((key) => key in value);
}
