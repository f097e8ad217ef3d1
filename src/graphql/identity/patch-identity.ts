import type { GraphQLResolveInfo, GraphQLSchema } from "graphql";
import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Directive, Field, ID, Info, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { type IdentityPatch, KratosInvalidError, type MergeCheck, type ValidationIssue } from "../../kratos/index.js";
import { Audited } from "../audit.js";
import { requireScope } from "../authorization.js";
import { fourRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { primeLoader } from "../loaders.js";
import { checkOneOf } from "../one-of.js";
import { DateTime } from "../scalars.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { getTypedTraits, GivenTraits } from "../traits/inputs.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { requireMetadataAdmin } from "./create-identity.js";
import { Identity, IdentityState } from "./identity.type.js";

@Directive("@oneOf")
@InputType({ description: "New traits of an identity. Exactly one of the fields must be given." })
export class PatchTraitsInput {
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: "Traits to merge into the current ones, as a JSON Merge Patch (RFC 7396): null removes a trait, objects are merged, and any other value, including a list, replaces the current one.",
  })
  merge?: object | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Traits that replace all current ones." })
  replace?: object | null;
}

@InputType({ description: "Input for `patchIdentity`. Omitted fields remain unchanged." })
export class PatchIdentityInput {
  @Field(() => ID, { description: "ID of the identity." })
  id: string;

  @Field(() => PatchTraitsInput, { nullable: true, description: "New traits. The resulting traits must match the identity schema." })
  traits?: PatchTraitsInput | null;

  @Tag("traits")
  @Field(() => GraphQLJSONObject, { nullable: true, description: "Traits to merge into the current ones, typed: null removes a trait, objects are merged, and lists are replaced. Must be traits of the current identity schema, or of the one in `schemaId`. At most one of `traits` and `typedTraits` may be given." })
  typedTraits?: object | null;

  @Field(() => String, { nullable: true, description: "ID of the identity schema to switch to. The traits must match it." })
  schemaId?: string | null;

  @Field(() => IdentityState, { nullable: true, description: "State of the identity." })
  state?: IdentityState | null;

  @Field(() => GraphQLJSON, { nullable: true, description: "Custom data that the owner of the identity can read but not change. It replaces the current data. Null clears it." })
  metadataPublic?: unknown;

  @Tag("admin")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Custom data that only administrators can read. It replaces the current data. Null clears it. Requires the scope `secrets:read`, as reading it does.",
  })
  metadataAdmin?: unknown;

  @Field(() => ID, {
    nullable: true,
    description: "ID of the account in another system: 1 to 64 characters. No other identity may have the same ID. Null clears it. Requires Kratos v25.4 or later.",
  })
  externalId?: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "The `updatedAt` of the identity when you read it. If the identity has been updated since, the mutation returns a `CONFLICT` user error and changes nothing. This check is advisory: it cannot detect a change that someone else, e.g. the user, makes at the same moment. Requires Kratos v25.4 or later.",
  })
  ifUnmodifiedSince?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `patchIdentity`." })
export class PatchIdentityPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, {
    nullable: true,
    simple: false,
    description: "The changed identity. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity: Identity | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class PatchIdentityResolver {
  @Authorized<Scope>("identities:write")
  @Audited
  @Tag("admin")
  @Mutation(() => PatchIdentityPayload, {
    nullable: true,
    complexity: fourRequests,
    description: "Change parts of an identity. A server makes the changes to an identity one after another, so that concurrent merges sent to the same server do not overwrite each other. Kratos validates all traits with every change: if the traits no longer match the identity schema, the same mutation must correct them. Requires Kratos v0.13 or later.",
  })
  async patchIdentity(
    @Arg("input", () => PatchIdentityInput, { description: "The identity to change, and what to change." }) input: PatchIdentityInput,
    @Ctx() context: FacadeContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<PatchIdentityPayload> {
    const { id, schemaId, metadataAdmin } = input;
    const given = getNewTraits(input, schema);
    if (metadataAdmin !== undefined) requireMetadataAdmin(context.caller);
    const traits: IdentityPatch["traits"] = given && (input.traits?.replace ? { replace: given.json } : { merge: given.json });
    requireVisible(context, traits);
    const checkMerge: MergeCheck = async (current, merged) => {
      requireVisible(context, traits, current.traits);
      if (!schemaId) requireSchema(given, current.schema_id);
      await given?.check("patchIdentity", schemaId, merged);
    };
    try {
      const changed = await context.kratos.identities.patch(id, { ...toPatch(input), traits }, checkMerge);
      return { identity: primeLoader(context, changed), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(explainTraits(error, given, traits), "id", getConflictPath(input, given)) };
    }
  }
}

/** @throws BAD_USER_INPUT if traits are given twice, or not exactly one kind of them */
function getNewTraits({ traits, typedTraits }: PatchIdentityInput, schema: GraphQLSchema): GivenTraits | undefined {
  if (traits && typedTraits) checkOneOf("input", { traits, typedTraits }, ["traits", "typedTraits"]);
  if (typedTraits) return getTypedTraits("input", typedTraits, schema, "toMergePatch");
  if (!traits) return undefined;
  checkOneOf("input.traits", traits, ["merge", "replace"]);
  const { merge, replace } = traits;
  return merge ? new GivenTraits(merge, ["traits", "merge"]) : new GivenTraits(replace!, ["traits", "replace"]);
}

/**
 * @param current the current traits, if they are known
 * @throws FORBIDDEN if new traits would replace some that are hidden from the caller
 */
function requireVisible({ caller, mask }: FacadeContext, traits: IdentityPatch["traits"], current?: unknown): void {
  if (!mask || !traits || ("merge" in traits && !mask.isSetBy(traits.merge, current))) return;
  requireScope(caller, "secrets:read", "The new traits would replace traits that are hidden from you. Merge only traits that you can see.");
}

/** @throws {KratosInvalidError} if typed traits are those of another identity schema than that of the identity */
function requireSchema(given: GivenTraits | undefined, schemaId: string): void {
  if (!given?.typed || given.typed.schemaId === schemaId) return;
  const { field, schemaId: expected } = given.typed;
  const message = `\`${field}\` are the traits of the identity schema ${JSON.stringify(expected)}, but the identity has another one. To switch it, also give its ID as \`schemaId\`.`;
  throw new KratosInvalidError("patchIdentity", [{ path: ["traits"], message }]);
}

/** @throws {KratosInvalidError} if a field is null that cannot be cleared */
function toPatch({ traits, typedTraits, schemaId, state, metadataPublic, metadataAdmin, externalId, ifUnmodifiedSince }: PatchIdentityInput): Omit<IdentityPatch, "traits"> {
  // Generated clients send null for what is not given: one of the two can be null beside the other.
  const given = { traits: typedTraits ? undefined : traits, typedTraits: traits ? undefined : typedTraits, schemaId, state };
  const issues: ValidationIssue[] = Object.entries(given)
    .filter(([, value]) => value === null)
    .map(([field]) => ({ path: [field], message: "Expected a value; received null. This field cannot be cleared. To leave it unchanged, omit it." }));
  if (issues.length > 0) throw new KratosInvalidError("patchIdentity", issues);
  return {
    schemaId: schemaId ?? undefined,
    state: state ?? undefined,
    metadataPublic,
    metadataAdmin,
    externalId,
    ifUnmodifiedSince: ifUnmodifiedSince ?? undefined,
  };
}

/** Path below the input of what another identity may have. */
function getConflictPath({ externalId }: PatchIdentityInput, given: GivenTraits | undefined): readonly string[] {
  if (given && externalId) return [];
  return given?.path ?? ["externalId"];
}

const CURRENT = "In the identity as it is now, this trait is missing, not allowed, or has a value that does not match the identity schema. Kratos validates all traits with every change. Correct the trait in the same mutation.";

/**
 * Distinguishes errors in the traits of the input from errors in the traits that stay. Kratos' messages about the latter can contain values
 * that the caller may not see.
 */
function explainTraits(error: unknown, given: GivenTraits | undefined, traits: IdentityPatch["traits"]): unknown {
  if (!(error instanceof KratosInvalidError) || (!given && error.outcome !== "REFUSED")) return error;
  const { operation, outcome } = error;
  const isGiven = (trait: readonly string[]) => traits !== undefined && ("replace" in traits || isNamed(traits.merge, trait));
  const issues = error.issues.map(({ path, message }) => {
    const [field, ...trait] = path;
    if (field !== "traits") return { path, message };
    if (given && isGiven(trait)) return { path: given.toPath(trait), message };
    return { path: given?.typed ? given.toPath(trait) : path, message: CURRENT };
  });
  return new KratosInvalidError(operation, issues, { outcome });
}

/** Whether a merge sets the value at a path, or replaces what it is in. */
function isNamed(merge: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined || typeof merge !== "object" || merge === null || Array.isArray(merge)) return true;
  return Object.hasOwn(merge, key) && isNamed((merge as Readonly<Record<string, unknown>>)[key], rest);
}
