/** What to call an identity: its name where its traits have one, or its first address or text, or its id. */
export function nameOf({ id, traits }: { id: string; traits: Record<string, unknown> }): string {
  return textOf(traits["name"]) || firstTextOf(traits) || id;
}

/** What to show beneath the name: its first text that is not its name. */
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
