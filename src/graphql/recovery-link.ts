import { Arg, Authorized, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { WireRecoveryLink } from "../kratos/index.js";
import { Audited } from "./audit.js";
import { twoRequests } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { DateTime, Duration, timestamp } from "./scalars.js";
import type { Scope } from "./scopes.js";
import { UserError, toUserErrors } from "./user-errors.js";

@InputType({ description: "Whom a recovery link is for." })
export class CreateRecoveryLinkInput {
  @Field(() => ID, { description: "The identity's id." })
  identityId: string;

  @Field(() => Duration, { nullable: true, description: "How long the link works; as Kratos is configured where it is left out." })
  expiresIn?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "A link that lets a user back into their account. Whoever has it is that user." })
export class RecoveryLink {
  @Field(() => String, { description: "The link. It works once." })
  url: string;

  @Field(() => DateTime, { nullable: true, description: "Until when it works." })
  expiresAt: string | null;

  static from({ recovery_link, expires_at }: WireRecoveryLink): RecoveryLink {
    return Object.assign(new RecoveryLink(), { url: recovery_link, expiresAt: timestamp(expires_at) });
  }
}

@ObjectType({ simpleResolvers: true, description: "What became of `createRecoveryLink`." })
export class CreateRecoveryLinkPayload {
  @Field(() => RecoveryLink, { nullable: true, description: "The link; null where there are user errors." })
  recoveryLink: RecoveryLink | null;

  @Field(() => [UserError], { description: "What is wrong with the input, one entry for each fault; empty where all went well." })
  userErrors: UserError[];
}

@Resolver(() => RecoveryLink)
export class RecoveryLinkResolver {
  @Authorized<Scope>("recovery:write")
  @Audited
  @Mutation(() => CreateRecoveryLinkPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Makes a link that lets a user back into their account, to be handed to them. Kratos sends nothing itself.",
  })
  async createRecoveryLink(
    @Arg("input", () => CreateRecoveryLinkInput, { description: "Whom the link is for." })
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
