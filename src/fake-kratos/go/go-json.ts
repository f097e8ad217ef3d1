/** A JSON error with the text of Go's encoding/json. */
export class GoJsonError extends Error {}

/** The JSON value of a text. Of Go's many syntax errors only the two of a text that stops short are told apart. */
export function goJson(text: string): unknown {
  if (text.trim() === "") throw new GoJsonError("EOF");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new GoJsonError("unexpected EOF");
  }
}
