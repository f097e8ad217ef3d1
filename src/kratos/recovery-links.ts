import type { KratosClient } from "./client.js";
import { KratosInvalidError, KratosNotFoundError } from "./errors.js";
import { expectJson, isString, objectWith, optional } from "./response.js";
import { isUuid, type WireRecoveryLink } from "./types.js";
import { INVALID_DURATION } from "./validation.js";

const OPERATION = "createRecoveryLink";

const isRecoveryLink = objectWith<WireRecoveryLink>({ recovery_link: isString, expires_at: optional(isString) });

/** Links that let users back into their accounts. */
export class RecoveryLinks {
  constructor(private readonly client: KratosClient) {}

  /**
   * Creates a recovery link.
   * @param expiresIn how long the link works, as Go writes durations, e.g. `12h` or `1h30m`. Default: Kratos' configuration
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosDisabledError} if the link method is disabled
   */
  create(identityId: string, expiresIn?: string): Promise<WireRecoveryLink> {
    return this.client.run(OPERATION, async (api) => {
      if (!isUuid(identityId)) throw new KratosNotFoundError(OPERATION);
      // Kratos takes an empty duration for none.
      if (expiresIn === "") throw new KratosInvalidError(OPERATION, [INVALID_DURATION]);
      const json = { identity_id: identityId, expires_in: expiresIn };
      try {
        return await api.admin(OPERATION, async (admin) =>
          expectJson<WireRecoveryLink>(await admin.post("recovery/link", { json }).json(), isRecoveryLink),
        );
      } catch (error) {
        // Later versions call an unknown identity a bad request.
        const isUnknown = error instanceof KratosInvalidError && /identity id does not exist/.test(error.message);
        throw isUnknown ? new KratosNotFoundError(OPERATION) : error;
      }
    });
  }
}
