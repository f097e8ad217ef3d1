import { GraphQLError, GraphQLScalarType, Kind, print } from "graphql";

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

function notText(got: string): GraphQLError {
  return new GraphQLError(`Expected a duration as text such as "12h", "1h30m" or "4ms", but got ${got}.`);
}

function expectText(value: unknown): string {
  if (typeof value === "string") return value;
  throw notText(JSON.stringify(value));
}

/** Whether the text is a duration is Kratos' to say, so that a bad one comes back among the user errors. */
export const Duration = new GraphQLScalarType<string, string>({
  name: "Duration",
  description: 'A length of time in Go\'s form: numbers with units h, m, s, ms, us or ns, as `"12h"`, `"1h30m"` or `"4ms"`.',
  specifiedByURL: "https://pkg.go.dev/time#ParseDuration",
  serialize: expectText,
  parseValue: expectText,
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return node.value;
    throw notText(print(node));
  },
});

/**
 * A value of one of Kratos' closed sets, as the enum that the graph has for it.
 * @returns null for none, and for one that is not in the set
 */
export function toEnumValue<Member extends string>(members: Readonly<Record<string, Member>>, value: string | undefined): Member | null {
  return Object.values(members).find((member) => member === value) ?? null;
}
