import { GraphQLError, GraphQLScalarType, Kind, print } from "graphql";

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
