import { getEach } from "./batch.js";
import type { KratosApi } from "./api.js";
import type { CallOptions, KratosClient } from "./client.js";
import { KratosInvalidError, KratosNotFoundError } from "./errors.js";
import { getIdentity, isIdentity } from "./identities/get.js";
import { getNextToken, listByNumber, listByToken, type ListPage, type ListPosition, type ReadNumberedPage } from "./pages.js";
import { expectDeleted, expectJson, isBoolean, isString, listOf, objectWith, optional } from "./response.js";
import { isUuid, type WireAuthenticationMethod, type WireIdentity, type WireSession, type WireSessionDevice } from "./types.js";

/** What a session has only if it is requested. */
export type SessionDetail = "devices" | "identity";

/** A session, as far as it was requested. */
export interface SessionRecord extends Omit<WireSession, "identity"> {
  readonly identityId?: string;
  /** Without `metadata_admin` and, in lists, without addresses. Absent, too, if it is malformed. */
  readonly identity?: WireIdentity;
}

/** What the sessions of an identity always have. */
export const ALL_DETAILS: readonly SessionDetail[] = ["devices", "identity"];

export interface SessionQuery {
  readonly id: string;
  readonly details: readonly SessionDetail[];
}

export interface IdentitySessionsQuery {
  readonly identityId: string;
  /** Maximum number of sessions, 1 to 250. */
  readonly first: number;
  readonly after?: ListPosition;
  readonly active?: boolean;
  /** True if the first sessions must be the latest sign-ins. */
  readonly isOrdered?: boolean;
}

const isSession = objectWith<WireSession>({
  id: isString,
  active: optional(isBoolean),
  authenticated_at: optional(isString),
  issued_at: optional(isString),
  expires_at: optional(isString),
  authenticator_assurance_level: optional(isString),
  authentication_methods: optional(
    listOf(
      objectWith<WireAuthenticationMethod>({
        method: optional(isString),
        aal: optional(isString),
        completed_at: optional(isString),
        provider: optional(isString),
        organization: optional(isString),
      }),
    ),
  ),
  devices: optional(
    listOf(
      objectWith<WireSessionDevice>({
        id: isString,
        ip_address: optional(isString),
        user_agent: optional(isString),
        location: optional(isString),
      }),
    ),
  ),
  // A malformed identity must not take the sessions of others with it.
  identity: optional(objectWith<Pick<WireIdentity, "id">>({ id: isString })),
});
const areSessions = listOf(isSession);

/** Sessions, by Kratos' admin API. Every method can throw any {@link KratosError}. */
export class Sessions {
  constructor(private readonly client: KratosClient) {}

  /**
   * Lists all sessions, the latest first.
   * @param first maximum number of sessions, 1 to 250
   * @throws {KratosPositionError} if the position is not one of this list
   */
  list(first: number, after: ListPosition | undefined, active: boolean | undefined, details: readonly SessionDetail[]): Promise<ListPage<SessionRecord>> {
    const operation = "listSessions";
    return this.client.run(operation, async (api) => {
      api.require(operation, "sessions");
      const read = (size: number, token: string | undefined) =>
        api.admin(operation, async (admin) => {
          const searchParams = [["page_size", size], ...(token === undefined ? [] : [["page_token", token]]), ...filterBy(active), ...expand(details)];
          const response = admin.get("sessions", { searchParams });
          return { items: expectSessions(await response.json(), details), next: getNextToken(await response) };
        });
      return listByToken(operation, read, first, after);
    });
  }

  /** Lists the sessions of identities, one or two requests each. A query that failed has its error. */
  async findByIdentity(queries: readonly IdentitySessionsQuery[]): Promise<ReadonlyMap<IdentitySessionsQuery, ListPage<SessionRecord> | Error>> {
    const { deadline } = this.client;
    return getEach(queries, (query) => this.#listByIdentity(query, deadline));
  }

  #listByIdentity({ identityId, first, after, active, isOrdered }: IdentitySessionsQuery, deadline: number): Promise<ListPage<SessionRecord>> {
    const operation = "listIdentitySessions";
    return this.client.run(operation, async (api) => {
      if (isOrdered) api.require(operation, "sessionOrder", "Listing the sessions of an identity in the order of sign-ins");
      else api.require(operation, "identitySessions");
      // Pages count from 1. The `Link` header counts from 0: following it repeats the first page and misses the last one.
      const read: ReadNumberedPage<SessionRecord> = (page, size) =>
        api.admin(
          operation,
          async (admin) => {
            const searchParams = [["per_page", size], ["page", page + 1], ...filterBy(active)];
            return expectSessions(await admin.get(`identities/${identityId}/sessions`, { searchParams }).json(), ALL_DETAILS);
          },
          { deadline },
        );
      return listByNumber(read, first, after);
    });
  }

  /**
   * Gets sessions, one request each. A query that failed has its error; for an unknown session there is no entry.
   * @param queries any IDs. Kratos is not asked for those that are not UUIDs
   */
  async find(queries: readonly SessionQuery[]): Promise<ReadonlyMap<SessionQuery, SessionRecord | Error>> {
    const { deadline } = this.client;
    const valid = queries.filter(({ id }) => isUuid(id));
    return getEach(valid, ({ id, details }) => this.client.run(GET, (api) => getSession(api, id, details, { deadline })));
  }

  /**
   * Revokes a session, also if it is revoked already. Kratos keeps it, as inactive.
   * @throws {KratosNotFoundError} if there is no such session
   */
  revoke(id: string): Promise<void> {
    const operation = "disableSession";
    return this.client.run(operation, async (api) => {
      api.require(operation, "sessions");
      if (!isUuid(id)) throw new KratosNotFoundError(operation);
      await api.admin(operation, async (admin) => expectDeleted(await admin.delete(`sessions/${id}`)));
    });
  }

  /**
   * Revokes all sessions of an identity. Kratos deletes them.
   * @throws {KratosNotFoundError} if there is no such identity
   */
  revokeAll(identityId: string): Promise<void> {
    const operation = "deleteIdentitySessions";
    return this.client.run(operation, async (api) => {
      api.require(operation, "deleteIdentitySessions");
      if (!isUuid(identityId)) throw new KratosNotFoundError(operation);
      try {
        await api.admin(operation, async (admin) => expectDeleted(await admin.delete(`identities/${identityId}/sessions`)));
      } catch (error) {
        if (!(error instanceof KratosNotFoundError)) throw error;
        // Kratos does not tell an identity without sessions from one that does not exist.
        await getIdentity(api, identityId);
      }
    });
  }

  /**
   * Extends a session, if Kratos' configuration allows it at this time.
   * @throws {KratosNotFoundError} if there is no such session
   * @throws {KratosInvalidError} if it is revoked
   */
  extend(id: string): Promise<SessionRecord> {
    const operation = "extendSession";
    return this.client.run(operation, async (api) => {
      api.require(operation, "extendSession");
      if (!isUuid(id)) throw new KratosNotFoundError(operation);
      const extended = await api.admin(operation, async (admin) => {
        const response = admin.patch(`sessions/${id}/extend`);
        return (await response).status === 204 ? undefined : expectSession(await response.json(), []);
      });
      const session = extended ?? (await getSession(api, id, []));
      // Kratos answers as if it had extended a revoked session, which nobody can use again.
      if (session.active === false) throw new KratosInvalidError(operation, [{ path: ["id"], message: NOT_ACTIVE }], { outcome: "REFUSED" });
      return session;
    });
  }
}

const GET = "getSession";
const NOT_ACTIVE = "Expected an active session. This one is revoked, or its identity is inactive.";

function getSession(api: KratosApi, id: string, details: readonly SessionDetail[], options?: CallOptions): Promise<SessionRecord> {
  api.require(GET, "sessions");
  return api.admin(GET, async (admin) => expectSession(await admin.get(`sessions/${id}`, { searchParams: expand(details) }).json(), details), options);
}

function filterBy(active: boolean | undefined): string[][] {
  return active === undefined ? [] : [["active", String(active)]];
}

/** One parameter for each: Kratos rejects a list with commas. */
function expand(details: readonly SessionDetail[]): string[][] {
  return details.map((detail) => ["expand", detail]);
}

/** @throws {ResponseFormatError} if the JSON is not a session */
export function expectSession(json: unknown, details: readonly SessionDetail[]): SessionRecord {
  return toRecord(expectJson<WireSession>(json, isSession), details);
}

/** @throws {ResponseFormatError} if the JSON is not a list of sessions */
export function expectSessions(json: unknown, details: readonly SessionDetail[]): SessionRecord[] {
  return expectJson<WireSession[]>(json, areSessions).map((session) => toRecord(session, details));
}

/** @param details what was requested: Kratos may say that a session has no devices if they were not */
function toRecord({ identity, devices, ...session }: WireSession, details: readonly SessionDetail[]): SessionRecord {
  const { active, expires_at } = session;
  // Lists show an expired session as active.
  const isExpired = expires_at !== undefined && Date.parse(expires_at) <= Date.now();
  return {
    ...session,
    active: active && !isExpired,
    ...(details.includes("devices") && { devices: devices ?? [] }),
    ...(identity && { identityId: identity.id, ...(isIdentity(identity) === undefined && { identity }) }),
  };
}
