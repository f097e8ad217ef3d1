import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Directive, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { type IdentityPatch, KratosInvalidError, type ValidationIssue } from "../../kratos/index.js";
import { Audited } from "../audit.js";
import { requireScope } from "../authorization.js";
import { fourRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { primeLoader } from "../loaders.js";
import { checkOneOf } from "../one-of.js";
import { DateTime } from "../scalars.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
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
  ): Promise<PatchIdentityPayload> {
    const { id, traits, metadataAdmin } = input;
    if (traits) checkOneOf("input.traits", traits, ["merge", "replace"]);
    if (metadataAdmin !== undefined) requireMetadataAdmin(context.caller);
    const checkTraits = (current?: unknown) => requireVisible(context, traits, current);
    checkTraits();
    try {
      const changed = await context.kratos.identities.patch(id, toPatch(input), checkTraits);
      return { identity: primeLoader(context, changed), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(explainTraits(error, traits), "id", getConflictPath(input)) };
    }
  }
}

/**
 * @param current the current traits, if they are known
 * @throws FORBIDDEN if new traits would replace some that are hidden from the caller
 */
function requireVisible({ caller, mask }: FacadeContext, traits: PatchTraitsInput | null | undefined, current: unknown): void {
  const { merge, replace } = traits ?? {};
  if (!mask || !(replace || (merge && mask.isSetBy(merge, current)))) return;
  requireScope(caller, "secrets:read", "The new traits would replace traits that are hidden from you. Merge only traits that you can see.");
}

/** @throws {KratosInvalidError} if a field is null that cannot be cleared */
function toPatch(input: PatchIdentityInput): IdentityPatch {
  const { traits, schemaId, state, metadataPublic, metadataAdmin, externalId, ifUnmodifiedSince } = input;
  const { merge, replace } = traits ?? {};
  const issues: ValidationIssue[] = Object.entries({ traits, schemaId, state })
    .filter(([, value]) => value === null)
    .map(([field]) => ({ path: [field], message: "Expected a value; received null. This field cannot be cleared. To leave it unchanged, omit it." }));
  if (issues.length > 0) throw new KratosInvalidError("patchIdentity", issues);
  return {
    traits: merge ? { merge } : replace ? { replace } : undefined,
    schemaId: schemaId ?? undefined,
    state: state ?? undefined,
    metadataPublic,
    metadataAdmin,
    externalId,
    ifUnmodifiedSince: ifUnmodifiedSince ?? undefined,
  };
}

/** Path below the input of what another identity may have. */
function getConflictPath({ traits, externalId }: PatchIdentityInput): readonly string[] {
  if (traits && externalId) return [];
  return traits ? ["traits", traits.merge ? "merge" : "replace"] : ["externalId"];
}

const CURRENT = "In the identity as it is now, this trait is missing, not allowed, or has a value that does not match the identity schema. Kratos validates all traits with every change. Correct the trait with `traits` in the same mutation.";

/**
 * Distinguishes errors in the traits of the input from errors in the traits that stay. Kratos' messages about the latter can contain values
 * that the caller may not see.
 */
function explainTraits(error: unknown, traits: PatchTraitsInput | null | undefined): unknown {
  if (!(error instanceof KratosInvalidError) || error.outcome !== "REFUSED") return error;
  const { merge, replace } = traits ?? {};
  const issues = error.issues.map(({ path, message }) => {
    const [field, ...trait] = path;
    if (field !== "traits") return { path, message };
    if (replace) return { path: ["traits", "replace", ...trait], message };
    return merge && isNamed(merge, trait) ? { path: ["traits", "merge", ...trait], message } : { path, message: CURRENT };
  });
  const { operation, outcome } = error;
  return new KratosInvalidError(operation, issues, { outcome });
}

/** Whether a merge sets the value at a path, or replaces what it is in. */
function isNamed(merge: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined || typeof merge !== "object" || merge === null || Array.isArray(merge)) return true;
  return Object.hasOwn(merge, key) && isNamed((merge as Readonly<Record<string, unknown>>)[key], rest);
}
