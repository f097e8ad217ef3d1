import { GraphQLError, type GraphQLScalarType, Kind, print, type ValueNode } from "graphql";
import { GraphQLSafeInt } from "graphql-scalars";
import { describeReceived } from "../errors.js";

/** The scalars of traits. */
export type ScalarName = "String" | "Boolean" | "Float" | "Int" | "SafeInt" | FormatName;
type FormatName = "TraitDate" | "TraitDateTime" | "TraitEmail" | "TraitPhoneNumber" | "TraitTime" | "TraitUri";

/** The scalar of each format. Values of all other formats are a String. */
export const FORMATS: ReadonlyMap<string, FormatName> = new Map([
  ["date", "TraitDate"],
  ["date-time", "TraitDateTime"],
  ["email", "TraitEmail"],
  ["idn-email", "TraitEmail"],
  ["tel", "TraitPhoneNumber"],
  ["time", "TraitTime"],
  ["uri", "TraitUri"],
  ["iri", "TraitUri"],
]);

/*
 * GraphQL refuses no text: Kratos takes `"a b"@example.org` as an email address, older identities can have anything, and what an
 * identity schema refuses is a user error.
 */
const isText = (value: unknown) => typeof value === "string";

interface Scalar {
  readonly expected: string;
  /** Whether a value of the traits is one of the scalar. */
  readonly holds: (value: unknown) => boolean;
  /** Of a scalar that GraphQL does not have. */
  readonly description?: string;
}

/** The integers that GraphQL's Int can hold. */
export const INT = { min: -(2 ** 31), max: 2 ** 31 - 1 };

export const SCALARS: Readonly<Record<ScalarName, Scalar>> = {
  String: { expected: "a string", holds: isText },
  Boolean: { expected: "a boolean", holds: (value) => typeof value === "boolean" },
  Float: { expected: "a number", holds: (value) => typeof value === "number" },
  Int: { expected: "an integer of 32 bits", holds: (value) => Number.isInteger(value) && Number(value) >= INT.min && Number(value) <= INT.max },
  SafeInt: { expected: "an integer from -(2^53 - 1) to 2^53 - 1", holds: Number.isSafeInteger, description: "An integer from -(2^53 - 1) to 2^53 - 1, which JSON and JavaScript hold without rounding." },
  TraitDate: { expected: "a string", holds: isText, description: "A date in the traits of an identity, e.g. `2026-11-22`." },
  TraitDateTime: { expected: "a string", holds: isText, description: "A date and time in the traits of an identity, e.g. `2026-11-22T00:20:15Z`." },
  TraitEmail: { expected: "a string", holds: isText, description: "An email address in the traits of an identity, e.g. `ann@example.com`." },
  TraitPhoneNumber: { expected: "a string", holds: isText, description: "A phone number in the traits of an identity, e.g. `+4930123456`." },
  TraitTime: { expected: "a string", holds: isText, description: "A time in the traits of an identity, e.g. `00:20:15Z`." },
  TraitUri: { expected: "a string", holds: isText, description: "A URI in the traits of an identity, e.g. `https://example.com/ann`." },
};

/** Has a scalar that was made of SDL refuse values of other types. */
export function setParser(type: GraphQLScalarType): void {
  if (type.name === GraphQLSafeInt.name) {
    Object.assign(type, { parseValue: GraphQLSafeInt.parseValue, parseLiteral: GraphQLSafeInt.parseLiteral });
    return;
  }
  const refuse = (received: string) => new GraphQLError(`${type.name} must be a string; received ${received}.`);
  type.parseValue = (value) => {
    if (typeof value === "string") return value;
    throw refuse(describeReceived(value));
  };
  type.parseLiteral = (node: ValueNode) => {
    if (node.kind === Kind.STRING) return node.value;
    throw refuse(print(node));
  };
}
