import { isAscii } from "node:buffer";

/** What UTF-8 writes with more than one byte, in a text that has a character for each byte. */
const NOT_ASCII = /[\x80-\xff]+/g;

/** @returns the value of a JSON text in UTF-8; undefined, which JSON cannot say, where it is not one */
export function parseJson(bytes: Buffer): unknown {
  const text = bytes.toString("latin1");
  try {
    return JSON.parse(isAscii(bytes) ? text : text.replace(NOT_ASCII, escapes));
  } catch {
    return undefined;
  }
}

/**
 * One name with an umlaut makes Node decode a whole page character by character, which takes as long as parsing it. So
 * the few characters that are not ASCII become the escapes that JSON has for them.
 */
function escapes(bytes: string): string {
  const text = Buffer.from(bytes, "latin1").toString();
  let escaped = "";
  for (let at = 0; at < text.length; at++) escaped += `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;
  return escaped;
}
