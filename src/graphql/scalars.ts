import { GraphQLError, GraphQLScalarType, Kind, print } from "graphql";
import { describeReceived } from "./errors.js";

/** A timestamp of Kratos, as text: a JavaScript Date would lose its nanoseconds. */
export const DateTime = new GraphQLScalarType<string, string>({
  name: "DateTime",
  description: "An RFC 3339 date and time with a precision of up to nanoseconds, exactly as sent by Kratos, e.g. `2026-11-22T00:20:15.27926Z`.",
  specifiedByURL: "https://www.rfc-editor.org/rfc/rfc3339",
  serialize: (value) => String(value),
  parseValue: (value) => {
    if (typeof value === "string" && RFC_3339.test(value) && !Number.isNaN(Date.parse(value))) return value;
    throw new GraphQLError(`A date and time must be a string in the format of RFC 3339, e.g. "2026-11-22T00:20:15.27926Z"; received ${describeReceived(value)}.`);
  },
});

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;

/** Returns null for a missing timestamp, and for Go's zero time, which Kratos sends instead. */
export function toDateTime(value: string | null | undefined): string | null {
  return !value || value.startsWith("0001-01-01T00:00:00") ? null : value;
}

/** A duration, as text. Kratos validates it, so that an invalid one becomes a user error. */
export const Duration = new GraphQLScalarType<string, string>({
  name: "Duration",
  description: 'A duration in the format of Go: one or more numbers, each with a unit (`h`, `m`, `s`, `ms`, `us` or `ns`), e.g. `"12h"`, `"1h30m"` or `"4ms"`.',
  specifiedByURL: "https://pkg.go.dev/time#ParseDuration",
  serialize: requireString,
  parseValue: requireString,
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return node.value;
    throw notAString(print(node));
  },
});

function requireString(value: unknown): string {
  if (typeof value === "string") return value;
  throw notAString(JSON.stringify(value));
}

function notAString(received: string): GraphQLError {
  return new GraphQLError(`A duration must be a string, e.g. "12h", "1h30m" or "4ms"; received ${received}.`);
}

/**
 * Converts a value from one of Kratos' closed sets to its GraphQL enum.
 * @returns null if the value is missing or not in the enum
 */
export function toEnumValue<Member extends string>(members: Readonly<Record<string, Member>>, value: string | undefined): Member | null {
  return Object.values(members).find((member) => member === value) ?? null;
}
