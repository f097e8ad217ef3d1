import { getNullableType, type GraphQLInputFieldMap, type GraphQLInputObjectType, type GraphQLInputType, type GraphQLSchema } from "graphql";
import { KratosInvalidError } from "../../kratos/index.js";
import { describeReceived } from "../errors.js";
import { checkOneOf } from "../one-of.js";
import { TYPED_INPUT, TYPED_PATCH_INPUT } from "./sdl.js";
import type { TypedTraits } from "./traits.js";

/*
 * Typed traits in the inputs of mutations. Each has the field `typedTraits` beside `traits`. For type-graphql, it is JSON, because
 * the types follow from the deployment.
 */

/** The inputs, the type of their field `typedTraits`, and what need not be given if that is. */
const INPUTS = [
  { input: "CreateIdentityInput", type: TYPED_INPUT, optional: ["traits", "schemaId"] },
  { input: "UpdateIdentityInput", type: TYPED_INPUT, optional: ["traits"] },
  { input: "PatchIdentityInput", type: TYPED_PATCH_INPUT, optional: [] },
];

/** Where resolvers find the typed traits: in the fields of the input, because a copy of a schema has none of its own extensions. */
const EXTENSION = "typedTraits";

/** Gives the field `typedTraits` of inputs its type, or removes it if there are no typed traits. */
export function setTypedInputs(graph: GraphQLSchema, traits: readonly TypedTraits[]): void {
  for (const { input, type, optional } of INPUTS) {
    const fields = (graph.getType(input) as GraphQLInputObjectType).getFields();
    if (traits.length === 0) {
      delete fields["typedTraits"];
      continue;
    }
    fields["typedTraits"]!.type = graph.getType(type) as GraphQLInputObjectType;
    for (const name of optional) fields[name]!.type = getNullableType(fields[name]!.type) as GraphQLInputType;
  }
  for (const typed of traits) getTypedFields(graph)[typed.field]!.extensions = { [EXTENSION]: typed };
}

function getTypedFields(schema: GraphQLSchema): GraphQLInputFieldMap {
  return (schema.getType(TYPED_INPUT) as GraphQLInputObjectType).getFields();
}

/** The traits that an input has, as JSON or typed. */
export class GivenTraits {
  /**
   * @param json the traits, or what to merge into them, for Kratos
   * @param path where they are in the input
   * @param typed how they are typed. Undefined if they are JSON
   */
  constructor(
    readonly json: object,
    readonly path: readonly string[],
    readonly typed?: TypedTraits,
  ) {}

  /** Path in the input of the trait at a path. */
  toPath(trait: readonly string[]): readonly string[] {
    return [...this.path, ...(this.typed?.toInputPath(trait) ?? trait)];
  }

  /**
   * Checks typed traits, as far as this is possible without Kratos.
   * @param schemaId the identity schema that the input names, if it does
   * @param traits all traits that the identity will have
   * @throws {KratosInvalidError} with all that is wrong
   */
  async check(operation: string, schemaId: string | null | undefined, traits: unknown = this.json): Promise<void> {
    if (!this.typed) return;
    const { field, schemaId: expected } = this.typed;
    const issues = (await this.typed.check(traits)).map(({ path, message }) => ({ path: ["traits", ...path], message }));
    if (typeof schemaId === "string" && schemaId !== expected) {
      issues.push({ path: ["schema_id"], message: `\`${field}\` are the traits of the identity schema ${JSON.stringify(expected)}. Expected this ID or none; received ${describeReceived(schemaId)}.` });
    }
    if (issues.length > 0) throw new KratosInvalidError(operation, issues);
  }

  /** Returns an error with the paths in the input of what is wrong with traits. Any other error stays as it is. */
  locate(error: unknown): unknown {
    if (!(error instanceof KratosInvalidError)) return error;
    const { operation, outcome } = error;
    const issues = error.issues.map(({ path, message }) => ({ path: path[0] === "traits" ? this.toPath(path.slice(1)) : path, message }));
    return new KratosInvalidError(operation, issues, { outcome });
  }
}

/**
 * Gets the traits of an input for a new identity, or for all traits of one.
 * @param name name of the argument, or path of the field
 * @throws BAD_USER_INPUT if not exactly one of `traits` and `typedTraits` is given
 */
export function getTraits(name: string, { traits, typedTraits }: { readonly traits?: object | null; readonly typedTraits?: object | null }, schema: GraphQLSchema): GivenTraits {
  checkOneOf(name, { ...(traits && { traits }), ...(typedTraits && { typedTraits }) }, ["traits", "typedTraits"]);
  return typedTraits ? getTypedTraits(name, typedTraits, schema, "toTraits") : new GivenTraits(traits!, ["traits"]);
}

/** @throws BAD_USER_INPUT if not exactly one field of the typed traits is given */
export function getTypedTraits(name: string, typedTraits: object, schema: GraphQLSchema, convert: "toTraits" | "toMergePatch"): GivenTraits {
  const fields = getTypedFields(schema);
  checkOneOf(`${name}.typedTraits`, typedTraits, Object.keys(fields));
  const [[field, value]] = Object.entries(typedTraits).filter(([, member]) => member !== undefined) as [[string, unknown]];
  const typed = fields[field]!.extensions[EXTENSION] as TypedTraits;
  return new GivenTraits(typed[convert](value) as object, ["typedTraits", field], typed);
}
