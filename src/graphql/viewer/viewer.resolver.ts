import { Arg, Ctx, FieldResolver, Int, Query, Resolver } from "type-graphql";
import { oneRequest } from "../complexity.js";
import { AFTER_DESCRIPTION, decodePosition, FIRST_DESCRIPTION, getPageSize } from "../connection.js";
import type { FacadeContext } from "../context.js";
import { SessionConnection } from "../session/session-connection.js";
import { sessionListCost } from "../session/session.resolver.js";
import { requireViewer } from "../authorization.js";
import { Viewer } from "./viewer.type.js";

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, {
    nullable: true,
    complexity: oneRequest,
    description: "The signed-in user. Requires no scope, but a request that is sent with a Kratos session instead of an API key or JWT. Null for other callers.",
  })
  viewer(@Ctx() { viewer }: FacadeContext): Viewer | null {
    return viewer ?? null;
  }

  @FieldResolver(() => SessionConnection, {
    nullable: true,
    complexity: sessionListCost,
    description: "Other active sessions of the user, the latest first. Requires Kratos v0.8.3 or later.",
  })
  async otherSessions(
    @Arg("first", () => Int, { nullable: true, description: FIRST_DESCRIPTION }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER_DESCRIPTION }) after: string | null | undefined,
    @Ctx() context: FacadeContext,
  ): Promise<SessionConnection> {
    const position = decodePosition("Viewer.otherSessions", after);
    const { credential } = requireViewer(context).user;
    const page = await context.kratos.asUser(credential).listOtherSessions(getPageSize(first), position);
    return new SessionConnection("Viewer.otherSessions", page, position === undefined);
  }
}
