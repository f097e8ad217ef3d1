import type { KratosRequest } from "../http/kratos-request.js";
import { badRequest, type KratosError } from "../http/kratos-error.js";
import { GoJsonError, goJson } from "./go-json.js";

/** A Go struct that a request's body is decoded into, as far as its errors can be told apart from outside. */
export interface GoStruct {
  /** With its package, as in `identity.CreateIdentity`. */
  name: string;
  /** The Go type of each field; `any` takes all JSON. */
  fields: Record<string, string>;
  unknownFields: "refused" | "ignored";
  /** Whether the body's headers are checked first (Ory's decoderx does, a plain decoder does not). */
  checksHeaders: boolean;
  fault(message: string): KratosError;
}

/** The fault of Ory's decoderx. */
export const payloadFault = (message: string): KratosError => badRequest(`Unable to decode JSON payload: ${message}`);

/** A bad value of a field that only its own decoder can tell. */
export type FieldCheck = (field: string, value: unknown) => string | undefined;

/** Decodes a request's body, or throws the struct's fault with Go's words. */
export function decodeBody(request: KratosRequest, struct: GoStruct, check: FieldCheck = () => undefined): Record<string, unknown> {
  if (struct.checksHeaders) checkHeaders(request);
  try {
    return decode(request.body, struct, check);
  } catch (error) {
    throw error instanceof GoJsonError ? struct.fault(error.message) : error;
  }
}

function checkHeaders(request: KratosRequest): void {
  if (request.body === "") throw badRequest('Unable to decode HTTP Request Body because its HTTP Header "Content-Length" is zero.');
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw badRequest(
      `HTTP ${request.method} Request used unknown HTTP Header "Content-Type: ${type}", only [application/json] are supported.`,
    );
  }
}

function decode(body: string, struct: GoStruct, check: FieldCheck): Record<string, unknown> {
  const value = goJson(body);
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new GoJsonError(`json: cannot unmarshal ${jsonType(value)} into Go value of type ${struct.name}`);
  }
  for (const [field, content] of Object.entries(value)) {
    const type = struct.fields[field];
    if (type === undefined) {
      if (struct.unknownFields === "refused") throw new GoJsonError(`json: unknown field "${field}"`);
    } else if (content !== null && !fits(type, content)) {
      throw new GoJsonError(
        `json: cannot unmarshal ${jsonType(content)} into Go struct field ${struct.name.replace(/^.*\./, "")}.${field} of type ${type}`,
      );
    }
    const fault = check(field, content);
    if (fault !== undefined) throw new GoJsonError(fault);
  }
  return value as Record<string, unknown>;
}

function fits(goType: string, value: unknown): boolean {
  if (goType === "any") return true;
  if (goType.startsWith("[]")) return Array.isArray(value);
  if (goType.startsWith("*")) return jsonType(value) === "object";
  return typeof value === "string";
}

/** The JSON type of a value, in the words of Go's JSON packages. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}
