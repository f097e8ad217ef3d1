import type { GraphQLResolveInfo } from "graphql";
import { Arg, Authorized, Ctx, Field, FieldResolver, ID, Info, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { Audited } from "../audit.js";
import { OR_VIEWER } from "../authorization.js";
import { twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { Identity } from "../identity/identity.type.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { toUserErrors, UserError, UserErrorCode } from "../user-errors.js";
import { getSessionDetails } from "./session.resolver.js";
import { Session } from "./session.type.js";

@InputType({ description: "Input for `revokeSession`." })
export class RevokeSessionInput {
  @Field(() => ID, { description: "ID of the session." })
  id: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `revokeSession`." })
export class RevokeSessionPayload {
  @Field(() => ID, { nullable: true, description: "ID of the session in the input, which is no longer valid. If it belongs to another user, a signed-in user gets the same response, but nothing is changed. Null if there are user errors." })
  revokedSessionId: string | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@InputType({ description: "Input for `revokeIdentitySessions`." })
export class RevokeIdentitySessionsInput {
  @Field(() => ID, { description: "ID of the identity." })
  identityId: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `revokeIdentitySessions`." })
export class RevokeIdentitySessionsPayload {
  /** Not part of the schema. Null if there are user errors. */
  identityId: string | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@InputType({ description: "Input for `extendSession`." })
export class ExtendSessionInput {
  @Field(() => ID, { description: "ID of the session." })
  id: string;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `extendSession`." })
export class ExtendSessionPayload {
  @Authorized<Scope>("sessions:read")
  @Field(() => Session, {
    nullable: true,
    simple: false,
    description: "The session with its new expiration time. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `sessions:read`.",
  })
  session: Session | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class SessionMutationResolver {
  @Authorized<Scope | typeof OR_VIEWER>("sessions:write", OR_VIEWER)
  @Audited
  @Mutation(() => RevokeSessionPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Revoke a session, so that its user has to sign in again on that device. Succeeds even if the session is already revoked. Requires the scope `sessions:write` and Kratos v0.11 or later. If the request is sent with a Kratos session, no scope is required: signed-in users can revoke their own other sessions with Kratos v0.8.3 or later. Then it also succeeds, and does nothing, if the session is not theirs.",
  })
  async revokeSession(
    @Arg("input", () => RevokeSessionInput, { description: "The session to revoke." }) { id }: RevokeSessionInput,
    @Ctx() context: FacadeContext,
  ): Promise<RevokeSessionPayload> {
    try {
      await (context.viewer ? context.kratos.asUser(context.viewer.user.credential).revokeSession(id, context.viewer.session.id) : context.kratos.sessions.revoke(id));
      forgetSessions(context);
      return { revokedSessionId: id.toLowerCase(), userErrors: [] };
    } catch (error) {
      return { revokedSessionId: null, userErrors: toSessionErrors(error) };
    }
  }

  @Tag("admin")
  @Authorized<Scope>("sessions:write")
  @Audited
  @Mutation(() => RevokeIdentitySessionsPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Revoke all sessions of an identity, so that its user has to sign in again on every device. Succeeds even if there are none. Requires Kratos v0.8 or later.",
  })
  async revokeIdentitySessions(
    @Arg("input", () => RevokeIdentitySessionsInput, { description: "The identity whose sessions to revoke." }) { identityId }: RevokeIdentitySessionsInput,
    @Ctx() context: FacadeContext,
  ): Promise<RevokeIdentitySessionsPayload> {
    try {
      await context.kratos.sessions.revokeAll(identityId);
      forgetSessions(context);
      return { identityId, userErrors: [] };
    } catch (error) {
      return { identityId: null, userErrors: toUserErrors(error, "identityId") };
    }
  }

  @Tag("admin")
  @Authorized<Scope>("sessions:write")
  @Audited
  @Mutation(() => ExtendSessionPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Extend a session by the lifespan in the Kratos configuration, counted from now. The expiration time remains unchanged if the configuration does not allow an extension yet (`earliest_possible_extend`). A revoked session cannot be extended. Requires Kratos v0.10 or later.",
  })
  async extendSession(
    @Arg("input", () => ExtendSessionInput, { description: "The session to extend." }) { id }: ExtendSessionInput,
    @Ctx() context: FacadeContext,
  ): Promise<ExtendSessionPayload> {
    try {
      const session = new Session(await context.kratos.sessions.extend(id));
      forgetSessions(context);
      return { session, userErrors: [] };
    } catch (error) {
      return { session: null, userErrors: toSessionErrors(error) };
    }
  }
}

function toSessionErrors(error: unknown): UserError[] {
  return toUserErrors(error, "id").map((userError) => (userError.code === UserErrorCode.NOT_FOUND ? { ...userError, message: "No session has this ID." } : userError));
}

/** Ensures that the rest of the request sees the sessions as the mutation left them. */
function forgetSessions({ sessions, identitySessions }: FacadeContext): void {
  sessions.clearAll();
  identitySessions.clearAll();
}

@Resolver(() => RevokeSessionPayload)
export class RevokeSessionPayloadResolver {
  @Authorized<Scope>("sessions:read")
  @FieldResolver(() => Session, {
    nullable: true,
    description: "The revoked session. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `sessions:read`.",
  })
  async session(@Root() { revokedSessionId: id }: RevokeSessionPayload, @Ctx() { sessions }: FacadeContext, @Info() info: GraphQLResolveInfo): Promise<Session | null> {
    return id === null ? null : sessions.load({ id, details: getSessionDetails(info) });
  }
}

@Resolver(() => RevokeIdentitySessionsPayload)
export class RevokeIdentitySessionsPayloadResolver {
  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    description: "The identity. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  async identity(@Root() { identityId }: RevokeIdentitySessionsPayload, @Ctx() { identities }: FacadeContext): Promise<Identity | null> {
    return identityId === null ? null : identities.load(identityId);
  }
}
