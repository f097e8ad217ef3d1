import { randomInt } from "node:crypto";

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Letters and digits, as Kratos makes its tokens of. */
export const randomText = (length: number, alphabet = alphanumeric): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
