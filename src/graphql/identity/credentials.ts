import { Arg, Authorized, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { Audited } from "../audit.js";
import { oneRequest, twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
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
    description: "Type of the credential, e.g. `totp`. Kratos deletes `totp`, `lookup_secret` and `webauthn` as a second factor (v0.13), `oidc` (v1.3), `password` and `saml` (v25.4).",
  })
  type: string;

  @Field(() => String, { nullable: true, description: "Which account at a provider to delete, e.g. `google:12345`. Required for the types `oidc` and `saml`, and invalid for all others." })
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
  @FieldResolver(() => [IdentityCredential], {
    nullable: true,
    description: "What the identity can log in with. Requires Kratos v0.7 or later. Before v1.2, it takes a request to Kratos for each identity in a list. Null if the identity has been deleted meanwhile.",
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
    description: "Delete a credential of an identity, so that nobody can log in with it. Kratos does not delete the last first factor. Requires Kratos v0.13 or later.",
  })
  async deleteIdentityCredential(
    @Arg("input", () => DeleteIdentityCredentialInput, { description: "The identity and its credential to delete." })
    { identityId, type, identifier }: DeleteIdentityCredentialInput,
    @Ctx() { kratos, identities, identitiesByExternalId, credentials }: FacadeContext,
  ): Promise<DeleteIdentityCredentialPayload> {
    try {
      await kratos.identities.deleteCredential(identityId, type, identifier ?? undefined);
      identities.clear(identityId);
      identitiesByExternalId.clearAll();
      credentials.clear(identityId);
      return { identityId, userErrors: [] };
    } catch (error) {
      return { userErrors: toUserErrors(error, "identityId") };
    }
  }

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "The identity, as it is now. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity(@Root() { identityId }: DeleteIdentityCredentialPayload, @Ctx() { identities }: FacadeContext): Promise<Identity | null> | null {
    return identityId === undefined ? null : identities.load(identityId);
  }
}
