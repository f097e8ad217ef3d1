import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { Audited } from "../audit.js";
import { requireViewer } from "../authorization.js";
import { fourRequests, twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { Tag } from "../tags.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { Viewer } from "./viewer.type.js";

@InputType({ description: "Input for `updateViewerTraits`." })
export class UpdateViewerTraitsInput {
  @Field(() => GraphQLJSONObject, {
    description: "Traits to change. They are merged into the current traits (JSON Merge Patch, RFC 7396): objects are merged, null removes a trait, and any other value, e.g. a list, replaces the current one. The result must match the identity schema.",
  })
  traits: object;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `updateViewerTraits`." })
export class UpdateViewerTraitsPayload {
  @Field(() => Viewer, { nullable: true, description: "The user with the new traits. Null if there are user errors." })
  viewer: Viewer | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@ObjectType({ simpleResolvers: true, description: "Payload of `revokeOtherSessions`." })
export class RevokeOtherSessionsPayload {
  @Field(() => Int, {
    nullable: true,
    description: "Number of the other sessions, as reported by Kratos. It includes those that were revoked before, until Kratos deletes them. Null if there are user errors.",
  })
  count: number | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class ViewerMutationResolver {
  @Audited
  @Tag("personal-data")
  @Mutation(() => UpdateViewerTraitsPayload, {
    nullable: true,
    complexity: fourRequests,
    description: "Change traits of the signed-in user, through a settings flow of Kratos. Requires a request that is sent with a Kratos session. If an identifier changes, e.g. an email address that is used to sign in, and the user signed in too long ago, the result is a `FORBIDDEN` error with `session_refresh_required` as its `reason`, and the path of the login flow to complete first as `newFlowPath`. If the method `profile` is disabled in the Kratos configuration, the result is an `UNSUPPORTED` user error.",
  })
  async updateViewerTraits(
    @Arg("input", () => UpdateViewerTraitsInput, { description: "The traits to change." }) { traits }: UpdateViewerTraitsInput,
    @Ctx() context: FacadeContext,
  ): Promise<UpdateViewerTraitsPayload> {
    const { user, identity } = requireViewer(context);
    try {
      const updated = await context.kratos.asUser(user.credential).updateTraits(identity.id, traits);
      if (updated.setCookie !== undefined) context.onSessionCookie?.(updated.setCookie);
      context.viewer = new Viewer({ ...user, identity: updated.identity });
      return { viewer: context.viewer, userErrors: [] };
    } catch (error) {
      return { viewer: null, userErrors: toUserErrors(error) };
    }
  }

  @Audited
  @Mutation(() => RevokeOtherSessionsPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Revoke all sessions of the signed-in user except the one that the request is sent with, so that the user has to sign in again on every other device. Requires a request that is sent with a Kratos session, and Kratos v0.8.3 or later.",
  })
  async revokeOtherSessions(@Ctx() context: FacadeContext): Promise<RevokeOtherSessionsPayload> {
    const { credential } = requireViewer(context).user;
    try {
      return { count: await context.kratos.asUser(credential).revokeOtherSessions(), userErrors: [] };
    } catch (error) {
      return { count: null, userErrors: toUserErrors(error) };
    }
  }
}
