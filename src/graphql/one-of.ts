import { GraphQLOneOfDirective, type GraphQLSchema, isInputObjectType } from "graphql";
import { badUserInput, describeReceived } from "./errors.js";

/**
 * Has graphql-js enforce `@oneOf` on the input types that are decorated with `@Directive("@oneOf")`: exactly one of their fields
 * is given, and is not null. For type-graphql it is a directive like any other.
 */
export function applyOneOf(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type) && type.astNode?.directives?.some(({ name }) => name.value === GraphQLOneOfDirective.name)) type.isOneOf = true;
  }
}

/**
 * Checks a value of a `@oneOf` input once more, as graphql-jit does not check those in variables.
 * @param name name of the argument, or path of the field
 * @param fields names of the fields of the input
 * @throws BAD_USER_INPUT if not exactly one of the fields is given, or it is null
 */
export function checkOneOf(name: string, value: object, fields: readonly string[]): void {
  const given = Object.values(value).filter((member) => member !== undefined);
  if (given.length === 1 && given[0] !== null) return;
  const list = new Intl.ListFormat("en-GB").format(fields.map((field) => `"${field}"`));
  throw badUserInput(`"${name}" must have exactly one of the fields ${list}, which must not be null; received ${describeReceived(value)}.`);
}
