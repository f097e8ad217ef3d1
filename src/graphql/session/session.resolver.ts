import type { GraphQLResolveInfo } from "graphql";
import { Arg, Authorized, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import { isUuid, type SessionDetail } from "../../kratos/index.js";
import { listCost, oneRequest } from "../complexity.js";
import { AFTER_DESCRIPTION, decodePosition, FIRST_DESCRIPTION, getMaxPageSize, getPageSize } from "../connection.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, describeReceived } from "../errors.js";
import { Identity } from "../identity/identity.type.js";
import { DateTime, toDateTime } from "../scalars.js";
import type { Scope } from "../scopes.js";
import { getSelectedFields } from "../selection.js";
import { Tag } from "../tags.js";
import { SessionConnection } from "./session-connection.js";
import { Session, SessionDevice } from "./session.type.js";

/** A position inside of a page takes a second request. */
export const sessionListCost = listCost(getMaxPageSize, () => 2);

const ACTIVE_DESCRIPTION = "True to list only active sessions, false to list only revoked and expired ones. Default: all sessions.";

/** What Kratos includes of a session's identity. Other fields are loaded. */
const INCLUDED: ReadonlySet<string> = new Set([
  "__typename", "id", "schemaId", "schema", "traits", "state", "stateChangedAt", "metadataPublic", "createdAt", "updatedAt", "sessions", "lastSignedInAt",
]);

@Resolver(() => Session)
export class SessionResolver {
  @Authorized<Scope>("sessions:read")
  @Query(() => Session, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up a session by ID. Returns null if it does not exist. An ID that is not a UUID is a `BAD_USER_INPUT` error. Requires Kratos v0.11 or later.",
  })
  async session(
    @Arg("id", () => ID, { description: "ID of the session." }) id: string,
    @Ctx() { sessions }: FacadeContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Session | null> {
    if (!isUuid(id)) throw badUserInput(`"id" must be the ID of a session, which is a UUID; received ${describeReceived(id)}.`);
    return sessions.load({ id, details: getSessionDetails(info) });
  }

  @Tag("admin")
  @Authorized<Scope>("sessions:read")
  @Query(() => SessionConnection, {
    nullable: true,
    complexity: sessionListCost,
    description: "List all sessions, the latest first, including revoked and expired ones until Kratos deletes them. Requires Kratos v0.11 or later.",
  })
  async sessions(
    @Arg("first", () => Int, { nullable: true, description: FIRST_DESCRIPTION }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER_DESCRIPTION }) after: string | null | undefined,
    @Arg("active", () => Boolean, { nullable: true, description: ACTIVE_DESCRIPTION }) active: boolean | null | undefined,
    @Ctx() { kratos }: FacadeContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<SessionConnection> {
    const count = getPageSize(first);
    const position = decodePosition("sessions", after);
    const page = await kratos.sessions.list(count, position, active ?? undefined, getSessionDetails(info, ["edges", "node"]));
    return new SessionConnection("sessions", page, position === undefined);
  }

  @FieldResolver(() => [SessionDevice], { nullable: true, description: "Devices on which the session was used. Requires Kratos v0.11 or later. Empty on earlier versions." })
  async devices(@Root() { id, knownDevices }: Session, @Ctx() { sessions }: FacadeContext): Promise<SessionDevice[] | null> {
    return knownDevices ?? (await sessions.load({ id, details: ["devices"] }))?.knownDevices ?? null;
  }

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "Identity of the user. Null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  async identity(@Root() session: Session, @Ctx() { sessions, identities, mask }: FacadeContext, @Info() info: GraphQLResolveInfo): Promise<Identity | null> {
    const { identityId, partialIdentity } = session.identityId === undefined ? ((await sessions.load({ id: session.id, details: ["identity"] })) ?? session) : session;
    if (partialIdentity && [...getSelectedFields(info)].every((field) => INCLUDED.has(field))) return Identity.from(partialIdentity, mask);
    return identityId === undefined ? null : identities.load(identityId);
  }
}

/** What to request of sessions for the fields that are selected of them. */
export function getSessionDetails(info: GraphQLResolveInfo, path?: readonly string[]): readonly SessionDetail[] {
  const fields = getSelectedFields(info, path);
  return (["devices", "identity"] as const).filter((detail) => fields.has(detail));
}

@Resolver(() => Identity)
export class IdentitySessionsResolver {
  @Tag("admin")
  @Authorized<Scope>("sessions:read")
  @FieldResolver(() => SessionConnection, {
    nullable: true,
    complexity: sessionListCost,
    description: "Sessions of the identity, the latest first since Kratos v1.0. Each identity requires a separate request to Kratos. Requires Kratos v0.9 or later. Null, with a `FORBIDDEN` error, if the caller lacks the scope `sessions:read`.",
  })
  async sessions(
    @Root() { id: identityId }: Identity,
    @Arg("first", () => Int, { nullable: true, description: FIRST_DESCRIPTION }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER_DESCRIPTION }) after: string | null | undefined,
    @Arg("active", () => Boolean, { nullable: true, description: ACTIVE_DESCRIPTION }) active: boolean | null | undefined,
    @Ctx() { identitySessions }: FacadeContext,
  ): Promise<SessionConnection | null> {
    const position = decodePosition("Identity.sessions", after);
    const page = await identitySessions.load({ identityId, first: getPageSize(first), after: position, active: active ?? undefined });
    return page && new SessionConnection("Identity.sessions", page, position === undefined);
  }

  @Authorized<Scope>("sessions:read")
  @FieldResolver(() => DateTime, {
    nullable: true,
    complexity: oneRequest,
    description: "Time of the last sign-in, according to the latest session of the identity. Null if Kratos has no session of the identity. Each identity requires a separate request to Kratos. Requires Kratos v1.0 or later, and the scope `sessions:read`.",
  })
  async lastSignedInAt(@Root() { id: identityId }: Identity, @Ctx() { identitySessions }: FacadeContext): Promise<string | null> {
    const page = await identitySessions.load({ identityId, first: 1, isOrdered: true });
    return toDateTime(page?.entries[0]?.item.authenticated_at);
  }
}
