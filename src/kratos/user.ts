import type { KratosApi } from "./api.js";
import type { KratosClient } from "./client.js";
import { KratosInvalidError, KratosNotFoundError } from "./errors.js";
import { expectIdentity } from "./identities/get.js";
import { listByNumber, type ListPage, type ListPosition } from "./pages.js";
import { expectDeleted, expectJson, isInt32, objectWith, ResponseFormatError } from "./response.js";
import { asUser, type SessionCredential } from "./session-credential.js";
import { ALL_DETAILS, expectSession, expectSessions, type SessionRecord } from "./sessions.js";
import { updateTraits, type UpdatedTraits } from "./settings.js";
import { isUuid, type WireIdentity } from "./types.js";

/** A user and the session that proves who it is. */
export interface SignedInUser {
  readonly credential: SessionCredential;
  /** With its devices, as far as this version has any. */
  readonly session: SessionRecord;
  /** Without `metadata_admin`. */
  readonly identity: WireIdentity;
}

const CURRENT_SESSION = "This is the session that the request is sent with. To end it, use Kratos' logout flow. Expected another session of the user.";

/**
 * What a user does, by the public API and with their own session. Every method can throw any {@link KratosError}, in particular
 * {@link KratosSessionInvalidError} and {@link KratosSignInRequiredError}.
 */
export class KratosUser {
  constructor(
    private readonly client: KratosClient,
    private readonly credential: SessionCredential,
  ) {}

  /** Asks Kratos who the user is. Equal questions at the same time are one request. */
  whoami(): Promise<SignedInUser> {
    const { credential } = this;
    const operation = "toSession";
    return this.client.share(`${operation} ${JSON.stringify(credential)}`, () =>
      this.client.run(operation, (api) =>
        asUser(api, operation, credential, async (ory) => {
          const json: unknown = await ory.get("sessions/whoami").json();
          const session = expectSession(json, ALL_DETAILS);
          // Unlike elsewhere, there is nothing to show without it.
          const identity = expectIdentity((json as { readonly identity?: unknown }).identity);
          // It names the caller in logs.
          if (!isUuid(identity.id)) throw new ResponseFormatError("an identity with an ID that is not a UUID");
          return { credential, session, identity };
        }),
      ),
    );
  }

  /**
   * Lists the other active sessions of the user, the latest first.
   * @param first maximum number of sessions, 1 to 250
   */
  listOtherSessions(first: number, after: ListPosition | undefined): Promise<ListPage<SessionRecord>> {
    const operation = "listMySessions";
    return this.#run(operation, (api) => {
      // Pages count from 1, and page 0 is page 1.
      const read = (page: number, size: number) =>
        asUser(api, operation, this.credential, async (ory) =>
          expectSessions(await ory.get("sessions", { searchParams: { per_page: size, page: page + 1 } }).json(), ALL_DETAILS),
        );
      return listByNumber(read, first, after);
    });
  }

  /**
   * Revokes another session of the user. Kratos does not say whether there is one with this ID.
   * @param currentId ID of the session that the request is sent with, which Kratos does not revoke
   * @throws {KratosNotFoundError} if the ID is not a UUID
   * @throws {KratosInvalidError} if it is that of the current session
   */
  revokeSession(id: string, currentId: string): Promise<void> {
    const operation = "disableMySession";
    return this.#run(operation, async (api) => {
      if (!isUuid(id)) throw new KratosNotFoundError(operation);
      if (id.toLowerCase() === currentId) throw new KratosInvalidError(operation, [{ path: ["id"], message: CURRENT_SESSION }]);
      await asUser(api, operation, this.credential, async (ory) => expectDeleted(await ory.delete(`sessions/${id}`)));
    });
  }

  /**
   * Revokes all other sessions of the user.
   * @returns how many there are, including those that were revoked before and that Kratos has not deleted yet
   */
  revokeOtherSessions(): Promise<number> {
    const operation = "disableMyOtherSessions";
    return this.#run(operation, (api) =>
      asUser(api, operation, this.credential, async (ory) => {
        const json: unknown = await ory.delete("sessions").json();
        return expectJson<{ readonly count: number }>(json, objectWith<{ count: number }>({ count: isInt32 })).count;
      }),
    );
  }

  /**
   * Merges traits into those of the user (RFC 7396), by a settings flow with the method `profile`.
   * @param identityId UUID of the user's identity
   * @throws {KratosInvalidError} if the traits do not match the identity schema
   * @throws {KratosConflictError} if another identity has one of the identifiers
   * @throws {KratosDisabledError} if the method is disabled
   */
  updateTraits(identityId: string, merge: object): Promise<UpdatedTraits> {
    const { changes, deadline } = this.client;
    const operation = "updateSettingsFlow";
    return this.client.run(operation, (api) => changes.run(operation, identityId, deadline, () => updateTraits(api, this.credential, merge, { deadline })));
  }

  #run<T>(operation: string, work: (api: KratosApi) => Promise<T>): Promise<T> {
    return this.client.run(operation, async (api) => {
      api.require(operation, "ownSessions");
      return work(api);
    });
  }
}
