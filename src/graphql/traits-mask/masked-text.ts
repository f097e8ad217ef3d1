/** What stands where a masked value must be a string. */
export const MASKED = "***";

/** Shorter values are in many a text by chance. */
const SHORTEST = 3;

/** Kratos writes addresses in lower case and without the blanks around them. */
export function comparable(value: unknown): string {
  return String(value).trim().toLowerCase();
}

/** A pattern of the values within a text, as they are and as they stand in an address; undefined where none is long enough. */
export function patternOf(values: readonly unknown[]): RegExp | undefined {
  const texts = values.map((value) => String(value).trim()).filter((text) => text.length >= SHORTEST);
  const forms = texts.flatMap((text) => [text, inAddress(text), inAddress(text).replaceAll("+", "%20")]);
  if (forms.length === 0) return undefined;
  const escaped = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`(?<![\\p{L}\\p{N}])(${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
}

function inAddress(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

/** A value with the pattern masked in all of its texts. */
export function maskTexts<T>(value: T, pattern: RegExp | undefined): T {
  if (!pattern) return value;
  if (typeof value === "string") return value.replace(pattern, MASKED) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => maskTexts(item, pattern)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskTexts(item, pattern)])) as T;
}
