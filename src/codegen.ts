/** Any value of JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of JSON, e.g. the traits of an identity. A property that is undefined is left out. */
export type JsonObject = { [name: string]: JsonValue | undefined };

/** The TypeScript types of the schema's scalars, those of typed traits included, e.g. for the option `scalars` of gql.tada. */
export type Scalars = {
  /** RFC 3339, with a precision of up to nanoseconds, e.g. `2026-11-22T00:20:15.27926Z`. */
  DateTime: string;
  /** A duration in the format of Go, e.g. `1h30m`. */
  Duration: string;
  JSON: JsonValue;
  JSONObject: JsonObject;
  /** An integer of typed traits, from -(2^53 - 1) to 2^53 - 1. */
  SafeInt: number;
  /** Texts of typed traits, as the identity has them: only Kratos decides which ones are valid. */
  TraitDate: string;
  TraitDateTime: string;
  TraitEmail: string;
  TraitPhoneNumber: string;
  TraitTime: string;
  TraitUri: string;
};

/** The option `scalars` of GraphQL Code Generator: the names of the types in {@link Scalars}. */
export const scalars: Readonly<Record<keyof Scalars, string>> = {
  DateTime: "string",
  Duration: "string",
  JSON: "kratos-graphql/codegen#JsonValue",
  JSONObject: "kratos-graphql/codegen#JsonObject",
  SafeInt: "number",
  TraitDate: "string",
  TraitDateTime: "string",
  TraitEmail: "string",
  TraitPhoneNumber: "string",
  TraitTime: "string",
  TraitUri: "string",
};
