import { Arg, Authorized, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { WireRecoveryLink } from "../kratos/index.js";
import { Audited } from "./audit.js";
import { twoRequests } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { DateTime, Duration, toDateTime } from "./scalars.js";
import type { Scope } from "./scopes.js";
import { toUserErrors, UserError } from "./user-errors.js";

@ObjectType({
  simpleResolvers: true,
  description: "A link that lets a user regain access to their account. Anyone who has the link can log in as that user.",
})
export class RecoveryLink {
  @Field(() => String, { description: "URL of the link. It can be used only once." })
  url: string;

  @Field(() => DateTime, { nullable: true, description: "Expiration time. Null if Kratos does not report it." })
  expiresAt: string | null;

  static from({ recovery_link, expires_at }: WireRecoveryLink): RecoveryLink {
    return Object.assign(new RecoveryLink(), { url: recovery_link, expiresAt: toDateTime(expires_at) });
  }
}

@InputType({ description: "Input for `createRecoveryLink`." })
export class CreateRecoveryLinkInput {
  @Field(() => ID, { description: "ID of the identity that the link gives access to." })
  identityId: string;

  @Field(() => Duration, { nullable: true, description: "How long the link is valid. Default: the lifespan set in the Kratos configuration." })
  expiresIn?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `createRecoveryLink`." })
export class CreateRecoveryLinkPayload {
  @Field(() => RecoveryLink, { nullable: true, description: "The created link. Null if there are user errors." })
  recoveryLink: RecoveryLink | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver(() => RecoveryLink)
export class RecoveryLinkResolver {
  @Authorized<Scope>("recovery:write")
  @Audited
  @Mutation(() => CreateRecoveryLinkPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Create a link that lets a user regain access to their account. Kratos does not send the link; deliver it to the user yourself.",
  })
  async createRecoveryLink(
    @Arg("input", () => CreateRecoveryLinkInput, { description: "The identity to create a link for and how long the link is valid." })
    { identityId, expiresIn }: CreateRecoveryLinkInput,
    @Ctx() { kratos }: FacadeContext,
  ): Promise<CreateRecoveryLinkPayload> {
    try {
      const link = await kratos.recoveryLinks.create(identityId, expiresIn ?? undefined);
      return { recoveryLink: RecoveryLink.from(link), userErrors: [] };
    } catch (error) {
      return { recoveryLink: null, userErrors: toUserErrors(error, "identityId") };
    }
  }
}
