import { isAscii } from "node:buffer";

/** What UTF-8 writes with more than one byte, in a text that has a character for each byte. */
const NOT_ASCII = /[\x80-\xff]+/g;

/** @returns the value of a JSON text in UTF-8; undefined, which JSON cannot say, where it is not one */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(isAscii(bytes) ? bytes.toString("latin1") : decode(bytes));
  } catch {
    return undefined;
  }
}

/**
 * One name with an umlaut makes Node decode a whole page character by character, which takes as long as parsing it. So
 * characters that are not ASCII, where there are few, become the escapes that JSON has for them. (A backslash before one,
 * which is no JSON, becomes a backslash of the text.)
 */
function decode(bytes: Buffer): string {
  const text = bytes.toString("latin1");
  let decoded = "";
  let from = 0;
  let left = bytes.length / 500;
  for (const { 0: run, index } of text.matchAll(NOT_ASCII)) {
    left -= run.length;
    if (left < 0) return bytes.toString();
    decoded += text.slice(from, index) + escapes(run);
    from = index + run.length;
  }
  return decoded + text.slice(from);
}

function escapes(run: string): string {
  const text = Buffer.from(run, "latin1").toString();
  let escaped = "";
  for (let at = 0; at < text.length; at++) escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
  return escaped;
}
