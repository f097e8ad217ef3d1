import { KratosInvalidError } from "./errors.js";

/** Longest JSON that is sent. A short operation can name one large variable many times over. */
const MAX_CHARACTERS = 1_000_000;

/**
 * A request's JSON.
 * @throws {KratosInvalidError} where it is longer than anything that Kratos would take, before it is written
 */
export function toBody(operation: string, json: unknown): string {
  if (measure(json, MAX_CHARACTERS) < 0) {
    throw new KratosInvalidError(operation, [{ path: ["traits"], message: `This is too large: ${MAX_CHARACTERS} characters of JSON at the most.` }]);
  }
  return JSON.stringify(json);
}

/** @returns what of the room is left after a value; less than nothing as soon as it does not fit */
function measure(value: unknown, room: number): number {
  if (typeof value === "string") return room - value.length - 2;
  if (typeof value !== "object" || value === null) return room - 4;
  let left = room - 2;
  for (const [key, part] of Object.entries(value)) {
    if (left < 0) break;
    left = measure(part, left - key.length - 4);
  }
  return left;
}
