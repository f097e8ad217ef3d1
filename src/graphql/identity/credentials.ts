import { Arg, Authorized, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { Audited } from "../audit.js";
import { oneRequest, twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { clearLoaders } from "../loaders.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { IdentityCredential } from "./credential.type.js";
import { Identity } from "./identity.type.js";

@InputType({ description: "Input for `deleteIdentityCredential`." })
export class DeleteIdentityCredentialInput {
  @Field(() => ID, { description: "ID of the identity." })
  identityId: string;

  @Field(() => String, {
    description: "Type of the credential, e.g. `totp`. Kratos v0.13 and later can delete `totp`, `lookup_secret`, and `webauthn` as a second factor. v1.3 adds `oidc`; v25.4 adds `password` and `saml`.",
  })
  type: string;

  @Field(() => String, { nullable: true, description: "The account at a provider to delete, as `provider:subject`, e.g. `google:12345`. Required for the types `oidc` and `saml`, and not allowed for other types." })
  identifier?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `deleteIdentityCredential`." })
export class DeleteIdentityCredentialPayload {
  /** ID of the identity. Undefined if there are user errors. Not part of the schema. */
  identityId?: string;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver(() => Identity)
export class IdentityCredentialsResolver {
  @Tag("personal-data")
  @Authorized<Scope>("identities:read")
  @FieldResolver(() => [IdentityCredential], {
    nullable: true,
    description: "Credentials that the identity can sign in with. Requires the scope `identities:read` and Kratos v0.7 or later. Before v1.2, each identity in a list requires a separate request to Kratos. Null if the identity has since been deleted.",
  })
  credentials(@Root() identity: Identity, @Ctx() { credentials }: FacadeContext): IdentityCredential[] | Promise<IdentityCredential[] | null> {
    return identity.credentials ?? credentials.load(identity.id);
  }
}

@Resolver(() => DeleteIdentityCredentialPayload)
export class DeleteIdentityCredentialResolver {
  @Authorized<Scope>("identities:write")
  @Audited
  @Tag("admin")
  @Mutation(() => DeleteIdentityCredentialPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Delete a credential of an identity, so that nobody can sign in with it. Kratos does not delete the last first factor of an identity. Requires Kratos v0.13 or later.",
  })
  async deleteIdentityCredential(
    @Arg("input", () => DeleteIdentityCredentialInput, { description: "The identity and its credential to delete." })
    { identityId, type, identifier }: DeleteIdentityCredentialInput,
    @Ctx() context: FacadeContext,
  ): Promise<DeleteIdentityCredentialPayload> {
    try {
      await context.kratos.identities.deleteCredential(identityId, type, identifier ?? undefined);
      clearLoaders(context, identityId);
      return { identityId, userErrors: [] };
    } catch (error) {
      return { userErrors: toUserErrors(error, "identityId") };
    }
  }

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "The identity without the credential. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity(@Root() { identityId }: DeleteIdentityCredentialPayload, @Ctx() { identities }: FacadeContext): Promise<Identity | null> | null {
    return identityId === undefined ? null : identities.load(identityId);
  }
}
