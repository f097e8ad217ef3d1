const MOST_CHARACTERS = 60;
const MOST_KEYS = 5;

/** What came, for a message: short whatever it is, as one request can bring the same large thing a thousand times. */
export function came(value: unknown): string {
  if (typeof value === "string") return value.length > MOST_CHARACTERS ? `a text of ${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== "object" || value === null) return String(value);
  const keys = Object.keys(value);
  const parts = keys.slice(0, MOST_KEYS).map((key) => {
    const part = (value as Record<string, unknown>)[key];
    return `${came(key)}:${typeof part === "object" && part !== null ? "…" : came(part)}`;
  });
  return `{${[...parts, ...(keys.length > MOST_KEYS ? ["…"] : [])].join(",")}}`;
}
