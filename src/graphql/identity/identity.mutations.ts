import type { GraphQLResolveInfo } from "graphql";
import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Field, ID, Info, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { Audited } from "../audit.js";
import { requireScope } from "../authorization.js";
import { twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { clearLoaders, primeLoader } from "../loaders.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { getTraits } from "../traits/inputs.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { Identity } from "./identity.type.js";

@InputType({ description: "Input for `updateIdentity`." })
export class UpdateIdentityInput {
  @Field(() => ID, { description: "ID of the identity." })
  id: string;

  @Field(() => String, { nullable: true, description: "ID of the identity schema to switch to. Default: the current identity schema." })
  schemaId?: string | null;

  @Field(() => GraphQLJSONObject, { description: "All traits of the identity. They replace the current traits and must match the identity schema." })
  traits?: object | null;

  @Tag("traits")
  @Field(() => GraphQLJSONObject, { nullable: true, description: "All traits of the identity, typed. They replace the current traits. If the identity has another identity schema, it switches to theirs. Exactly one of `traits` and `typedTraits` must be given." })
  typedTraits?: object | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `updateIdentity`." })
export class UpdateIdentityPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, {
    nullable: true,
    simple: false,
    description: "The updated identity. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity: Identity | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@InputType({ description: "Input for `deleteIdentity`." })
export class DeleteIdentityInput {
  @Field(() => ID, { description: "ID of the identity." })
  id: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `deleteIdentity`." })
export class DeleteIdentityPayload {
  @Field(() => ID, { nullable: true, description: "ID of the deleted identity. Null if there are user errors." })
  deletedIdentityId: string | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class IdentityMutationResolver {
  @Tag("admin")
  @Authorized<Scope>("identities:write")
  @Audited
  @Mutation(() => UpdateIdentityPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Update an identity: replace its traits and, if `schemaId` is given, its identity schema. Everything else remains unchanged. Also requires the scope `secrets:read` if traits are hidden from callers without it.",
  })
  async updateIdentity(
    @Arg("input", () => UpdateIdentityInput, { description: "The identity to update and its new traits." })
    input: UpdateIdentityInput,
    @Ctx() context: FacadeContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<UpdateIdentityPayload> {
    const { id, schemaId } = input;
    const given = getTraits("input", input, schema);
    if (context.mask) {
      requireScope(context.caller, "secrets:read", "updateIdentity replaces all traits of an identity, including those that are hidden from you. To change only other traits, use patchIdentity with merge.");
    }
    try {
      await given.check("updateIdentity", schemaId);
      const updated = await context.kratos.identities.update(id, { schemaId: given.typed?.schemaId ?? schemaId ?? undefined, traits: given.json });
      return { identity: primeLoader(context, updated), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(given.locate(error), "id", given.path) };
    }
  }

  @Tag("admin")
  @Authorized<Scope>("identities:delete")
  @Audited
  @Mutation(() => DeleteIdentityPayload, { nullable: true, complexity: twoRequests, description: "Delete an identity permanently." })
  async deleteIdentity(
    @Arg("input", () => DeleteIdentityInput, { description: "The identity to delete." }) { id }: DeleteIdentityInput,
    @Ctx() context: FacadeContext,
  ): Promise<DeleteIdentityPayload> {
    try {
      await context.kratos.identities.delete(id);
      clearLoaders(context, id);
      context.identities.prime(id, null);
      return { deletedIdentityId: id.toLowerCase(), userErrors: [] };
    } catch (error) {
      return { deletedIdentityId: null, userErrors: toUserErrors(error, "id") };
    }
  }
}
