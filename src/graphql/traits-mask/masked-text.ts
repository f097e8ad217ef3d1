/** Replaces a masked value that must be a string. */
export const MASKED = "***";

/** Shorter values appear in many texts by chance. */
const MIN_CHARACTERS = 3;

/** Kratos trims addresses and converts them to lower case. */
export function normalize(value: unknown): string {
  return String(value).trim().toLowerCase();
}

/**
 * Creates a pattern that finds the values in a text, as they are and as they are encoded in a URL.
 * @returns undefined if no value is long enough
 */
export function createPattern(values: readonly unknown[]): RegExp | undefined {
  const texts = values.map((value) => String(value).trim()).filter((text) => text.length >= MIN_CHARACTERS);
  const forms = texts.flatMap((text) => [text, encodeForQuery(text), encodeForQuery(text).replaceAll("+", "%20")]);
  if (forms.length === 0) return undefined;
  const escaped = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
}

function encodeForQuery(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/** Replaces all matches of the pattern in a value's strings. */
export function maskTexts<T>(value: T, pattern: RegExp | undefined): T {
  if (!pattern) return value;
  if (typeof value === "string") return value.replace(pattern, MASKED) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskTexts(item, pattern)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskTexts(item, pattern)])) as T;
}
