import { Arg, Authorized, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { WireRecoveryCode, WireRecoveryLink } from "../kratos/index.js";
import { Audited } from "./audit.js";
import { twoRequests } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { FlowType } from "./flow/flow.types.js";
import { DateTime, Duration, toDateTime } from "./scalars.js";
import type { Scope } from "./scopes.js";
import { Tag } from "./tags.js";
import { toUserErrors, UserError } from "./user-errors.js";

@ObjectType({
  simpleResolvers: true,
  description: "A link that lets a user regain access to their account. Anyone who has the link can sign in as that user.",
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

@ObjectType({
  simpleResolvers: true,
  description: "A code that lets a user regain access to their account, and the page to enter it on. Anyone who has both can sign in as that user.",
})
export class RecoveryCode {
  @Field(() => String, { description: "The code, which consists of digits. It can be used only once, and only on the page at `url`." })
  code: string;

  @Field(() => String, { description: "URL of the page on which the user enters the code. It contains the ID of the recovery flow, but not the code." })
  url: string;

  @Field(() => DateTime, { nullable: true, description: "Expiration time. Null if Kratos does not report it." })
  expiresAt: string | null;

  static from({ recovery_code, recovery_link, expires_at }: WireRecoveryCode): RecoveryCode {
    return Object.assign(new RecoveryCode(), { code: recovery_code, url: recovery_link, expiresAt: toDateTime(expires_at) });
  }
}

@InputType({ description: "Input for `createRecoveryLink`." })
export class CreateRecoveryLinkInput {
  @Field(() => ID, { description: "ID of the identity that the link gives access to." })
  identityId: string;

  @Field(() => Duration, { nullable: true, description: "How long the link is valid. Default: the lifespan set in the Kratos configuration." })
  expiresIn?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "URL to redirect the user to after they have set a new password. The Kratos configuration must allow it (`selfservice.allowed_return_urls`). Requires Kratos v0.9 or later. Default: the URL set in the Kratos configuration.",
  })
  returnTo?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `createRecoveryLink`." })
export class CreateRecoveryLinkPayload {
  @Field(() => RecoveryLink, { nullable: true, description: "The created link. Null if there are user errors." })
  recoveryLink: RecoveryLink | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@InputType({ description: "Input for `createRecoveryCode`." })
export class CreateRecoveryCodeInput {
  @Field(() => ID, { description: "ID of the identity that the code gives access to." })
  identityId: string;

  @Field(() => Duration, { nullable: true, description: "How long the code is valid. Default: the lifespan set in the Kratos configuration." })
  expiresIn?: string | null;

  @Field(() => FlowType, {
    nullable: true,
    description: "Type of client that the user enters the code in. `API` requires Kratos v1.2 or later. Default: `BROWSER`.",
  })
  flowType?: FlowType | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `createRecoveryCode`." })
export class CreateRecoveryCodePayload {
  @Field(() => RecoveryCode, { nullable: true, description: "The created code. Null if there are user errors." })
  recoveryCode: RecoveryCode | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class RecoveryResolver {
  @Tag("admin")
  @Authorized<Scope>("recovery:write")
  @Audited
  @Mutation(() => CreateRecoveryLinkPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Create a link that lets a user regain access to their account. Kratos does not send the link; deliver it to the user yourself.",
  })
  async createRecoveryLink(
    @Arg("input", () => CreateRecoveryLinkInput, { description: "The identity to create a link for and how long the link is valid." })
    { identityId, expiresIn, returnTo }: CreateRecoveryLinkInput,
    @Ctx() { kratos }: FacadeContext,
  ): Promise<CreateRecoveryLinkPayload> {
    try {
      const link = await kratos.recovery.createLink(identityId, { expiresIn: expiresIn ?? undefined, returnTo: returnTo ?? undefined });
      return { recoveryLink: RecoveryLink.from(link), userErrors: [] };
    } catch (error) {
      return { recoveryLink: null, userErrors: toUserErrors(error, "identityId") };
    }
  }

  @Tag("admin")
  @Authorized<Scope>("recovery:write")
  @Audited
  @Mutation(() => CreateRecoveryCodePayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Create a code that lets a user regain access to their account. Kratos does not send the code; deliver it to the user yourself, e.g. by phone. Requires Kratos v0.11 or later.",
  })
  async createRecoveryCode(
    @Arg("input", () => CreateRecoveryCodeInput, { description: "The identity to create a code for and how long the code is valid." })
    { identityId, expiresIn, flowType }: CreateRecoveryCodeInput,
    @Ctx() { kratos }: FacadeContext,
  ): Promise<CreateRecoveryCodePayload> {
    try {
      const code = await kratos.recovery.createCode(identityId, { expiresIn: expiresIn ?? undefined, flowType: flowType ?? undefined });
      return { recoveryCode: RecoveryCode.from(code), userErrors: [] };
    } catch (error) {
      return { recoveryCode: null, userErrors: toUserErrors(error, "identityId") };
    }
  }
}
