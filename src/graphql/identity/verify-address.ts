import { Arg, Authorized, Ctx, Field, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import { Audited } from "../audit.js";
import { requireScope } from "../authorization.js";
import { fourRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { primeLoader } from "../loaders.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { Identity } from "./identity.type.js";

@InputType({ description: "Input for `verifyAddress`." })
export class VerifyAddressInput {
  @Field(() => ID, { description: "ID of the identity." })
  identityId: string;

  @Field(() => String, { description: "The address: the `value` of one of the `verifiableAddresses`. Not case-sensitive." })
  address: string;

  @Field(() => String, { nullable: true, description: "Channel of the address, e.g. `email`. Default: any channel." })
  via?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `verifyAddress`." })
export class VerifyAddressPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, {
    nullable: true,
    simple: false,
    description: "The identity with the verified address. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity: Identity | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class VerifyAddressResolver {
  @Authorized<Scope>("identities:write")
  @Audited
  @Tag("admin")
  @Tag("personal-data")
  @Mutation(() => VerifyAddressPayload, {
    nullable: true,
    complexity: fourRequests,
    description: "Mark an address of an identity as verified, e.g. after you have checked it in another way. If the address is already verified, nothing is changed. Requires Kratos v0.13 or later. Also requires the scope `secrets:read` if addresses are hidden from callers without it.",
  })
  async verifyAddress(
    @Arg("input", () => VerifyAddressInput, { description: "The identity and the address to verify." }) { identityId, address, via }: VerifyAddressInput,
    @Ctx() context: FacadeContext,
  ): Promise<VerifyAddressPayload> {
    if (context.mask) requireScope(context.caller, "secrets:read", "The result would reveal whether the identity has an address that is hidden from you.");
    try {
      const verified = await context.kratos.identities.verifyAddress(identityId, { value: address, via: via ?? undefined });
      return { identity: primeLoader(context, verified), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(error, "identityId") };
    }
  }
}
