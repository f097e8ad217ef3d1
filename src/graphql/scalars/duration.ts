import { GraphQLError, GraphQLScalarType, Kind } from "graphql";

function expectText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new GraphQLError(`Expected a duration as text such as "12h", "1h30m" or "4ms", but got ${JSON.stringify(value)}.`);
}

/** Whether the text is a duration is Kratos' to say, so that a bad one comes back among the user errors. */
export const Duration = new GraphQLScalarType<string, string>({
  name: "Duration",
  description: 'A length of time in Go\'s form: numbers with units h, m, s, ms, us or ns, as `"12h"`, `"1h30m"` or `"4ms"`.',
  specifiedByURL: "https://pkg.go.dev/time#ParseDuration",
  serialize: expectText,
  parseValue: expectText,
  parseLiteral: (node) => expectText(node.kind === Kind.STRING ? node.value : "value" in node ? node.value : node.kind),
});
