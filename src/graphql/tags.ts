import { Directive } from "type-graphql";

export type TagName =
  /** Changes identities, lists them, concerns Kratos itself, or is for administrators only. What signed-in users do is not. */
  | "admin"
  /** Can contain personal data. */
  | "personal-data"
  /** Contains the traits of an identity as a whole. */
  | "traits";

/**
 * Adds `@tag` to a field in the SDL of the subgraph, for contracts: a gateway's schema without the elements with a tag. Do not tag
 * keys of entities or required inputs, because a contract without them does not compose.
 */
export function Tag(name: TagName): ReturnType<typeof Directive> {
  return Directive(`@tag(name: "${name}")`);
}
