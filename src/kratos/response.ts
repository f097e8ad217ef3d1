import type { AfterResponseHook } from "ky";
import type { WireErrorBody } from "./types.js";

/** A successful response is not of the format that the operation has. `message` says what is wrong with it. */
export class ResponseFormatError extends Error {
  override readonly name = "ResponseFormatError";
}

/** By the media type that a request accepts: what the type of the response must contain, and what it is otherwise. */
const MEDIA_TYPES: Readonly<Record<string, { readonly contains: string; readonly otherwise: string }>> = {
  "application/json": { contains: "json", otherwise: "not JSON" },
  "text/plain": { contains: "text/plain", otherwise: "not plain text" },
};

/**
 * Checks that a successful response has the media type that the request accepts. A page that a proxy serves in Kratos' place
 * can happen to be valid JSON, but is not labeled as JSON.
 */
export const checkContentType: AfterResponseHook = (request, _options, response) => {
  if (!response.ok || response.status === 204) return;
  const expected = MEDIA_TYPES[request.headers.get("accept") ?? ""];
  if (expected && !response.headers.get("content-type")?.includes(expected.contains)) throw new ResponseFormatError(expected.otherwise);
};

/**
 * Checks that a value has an expected type. Types are checked where a response is read, so that no other code meets a value
 * that it cannot handle.
 * @returns undefined, or the path of what has another type: `ui.nodes.0.type`, or "" for the value itself
 */
export type Check = (value: unknown) => string | undefined;

export const isString: Check = (value) => (typeof value === "string" ? undefined : "");
export const isBoolean: Check = (value) => (typeof value === "boolean" ? undefined : "");
/** GraphQL has no larger integers. */
export const isInt32: Check = (value) => (typeof value === "number" && (value | 0) === value ? undefined : "");

/** Maximum nesting of JSON, also of that which callers send. Whatever writes or masks a much deeper value overflows the stack. */
export const MAX_LEVELS = 200;

/** Any JSON, but not nested too deeply. */
export const isJson: Check = (value) => (isTooDeep(value) ? "" : undefined);
export const isJsonObject: Check = (value) => (isObject(value) ? isJson(value) : "");

/** Whether lists and objects are nested more than `levels` deep. */
export function isTooDeep(value: unknown, levels = MAX_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isTooDeep(part, levels - 1));
}

/** What may be missing may also be null: Go writes an empty pointer or list so. */
export function optional(check: Check): Check {
  return (value) => (value === undefined || value === null ? undefined : check(value));
}

export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return "";
    for (const [index, item] of value.entries()) {
      const path = check(item);
      if (path !== undefined) return join(index, path);
    }
    return undefined;
  };
}

/** An object with any keys, whose values are alike. */
export function mapOf(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return "";
    // Not the key, which can be anything.
    const path = Object.values(value).map(check).find((path) => path !== undefined);
    return path === undefined ? undefined : join("*", path);
  };
}

/** An object with all properties of T, and possibly others. */
export function objectWith<T extends object>(properties: { readonly [K in keyof T]-?: Check }): Check {
  const checks = Object.entries<Check>(properties);
  return (value) => {
    if (!isObject(value)) return "";
    for (const [key, check] of checks) {
      const path = check(value[key]);
      if (path !== undefined) return join(key, path);
    }
    return undefined;
  };
}

function join(key: string | number, path: string): string {
  return path === "" ? String(key) : `${key}.${path}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @throws {ResponseFormatError} if the JSON does not have the expected type */
export function expectJson<T>(json: unknown, check: Check): T {
  const path = check(json);
  if (path === undefined) return json as T;
  throw new ResponseFormatError(describeMismatch(path));
}

/** @throws {ResponseFormatError} if it is not the response to a deletion */
export function expectDeleted({ status }: Response): void {
  if (status !== 204) throw new ResponseFormatError("not the response to a deletion");
}

/** For the operator's log. Contains none of Kratos' data. */
export function describeMismatch(path: string): string {
  return path === "" ? "JSON of another shape" : `JSON of another shape at ${path}`;
}

const ERROR_BODY: Readonly<Record<keyof WireErrorBody, Check>> = {
  id: isString,
  code: isInt32,
  status: isString,
  message: isString,
  reason: isString,
  request: isString,
  details: isJsonObject,
};

/** An error body without what is not of the expected type: an error must not hide behind another. Undefined if it is no object. */
export function toErrorBody(json: unknown): WireErrorBody | undefined {
  if (!isObject(json)) return undefined;
  const isExpected = ([key, value]: [string, unknown]) => !(Object.hasOwn(ERROR_BODY, key)) || ERROR_BODY[key as keyof WireErrorBody](value) === undefined;
  return Object.fromEntries(Object.entries(json).filter(isExpected));
}
