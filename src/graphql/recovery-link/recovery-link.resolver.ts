import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { Audited } from "../audit/audited.js";
import type { Scope } from "../authorization/scope.js";
import type { FacadeContext } from "../context.js";
import { twoRequests } from "../cost/cost.js";
import { userErrorsOf } from "../user-error/user-errors-of.js";
import { CreateRecoveryLinkInput } from "./create-recovery-link.input.js";
import { CreateRecoveryLinkPayload } from "./create-recovery-link.payload.js";
import { RecoveryLink } from "./recovery-link.type.js";

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
      return { recoveryLink: null, userErrors: userErrorsOf(error, "identityId") };
    }
  }
}
