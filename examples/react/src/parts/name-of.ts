/** The display name of an identity: its name trait, or else its first text trait, or else its ID. */
export function nameOf({ id, traits }: { id: string; traits: Record<string, unknown> }): string {
  return textOf(traits["name"]) || firstTextOf(traits) || id;
}

/** The line below the name: the first text trait, unless it is the name. */
export function subtitleOf(identity: { id: string; traits: Record<string, unknown> }): string | undefined {
  const first = firstTextOf(identity.traits);
  return first === nameOf(identity) ? undefined : first;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).filter((part) => typeof part === "string").join(" ");
}

function firstTextOf(traits: Record<string, unknown>): string | undefined {
  return Object.values(traits).find((value): value is string => typeof value === "string" && value !== "");
}
