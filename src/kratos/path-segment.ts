/**
 * Encodes a text as one segment of a path.
 * @returns undefined if there is no such segment: for an empty text, for `.` and `..`, which any URL resolves even if they are
 * encoded, and for half of a surrogate pair
 */
export function toPathSegment(text: string): string | undefined {
  return /^\.{0,2}$|\p{Surrogate}/u.test(text) ? undefined : encodeURIComponent(text);
}
