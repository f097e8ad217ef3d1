import { GraphQLScalarType } from "graphql";

/** Kratos' timestamps as text. Parsing one into a Date would cut its nanoseconds off. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description: "A point in time as RFC 3339, exactly as Kratos wrote it, up to nanoseconds: `2026-11-22T00:20:15.27926Z`.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => String(value),
});

/**
 * A timestamp of Kratos for the graph.
 * @returns null for none, and for Go's zero time, which Kratos sends where it has none
 */
export function timestamp(value: string | null | undefined): string | null {
  return !value || value.startsWith("0001-01-01T00:00:00") ? null : value;
}
