import { readObject } from "./answer.js";
import { KratosInvalidError, KratosNotFoundError } from "./errors.js";
import { badDuration } from "./validation.js";
import { isIdentityId } from "./identities/get.js";
import type { Upstream } from "./upstream.js";
import type { WireRecoveryLink } from "./types.js";

const operation = "createRecoveryLink";

/** Links that let a user back into their account. */
export class RecoveryLinks {
  constructor(private readonly upstream: Upstream) {}

  /**
   * @param expiresIn how long the link works, in Go's form: `12h`, `1h30m`; Kratos' configured time where it is left out
   * @throws {KratosNotFoundError} where there is no such identity
   * @throws {KratosDisabledError} where the link method is switched off
   */
  create(identityId: string, expiresIn?: string): Promise<WireRecoveryLink> {
    return this.upstream.run(operation, async (release) => {
      if (!isIdentityId(identityId)) throw new KratosNotFoundError(operation);
      // Kratos takes an empty duration for none given.
      if (expiresIn === "") throw new KratosInvalidError(operation, [badDuration]);
      const json = { identity_id: identityId, expires_in: expiresIn };
      const request = { operation, method: "post", path: "/recovery/link", json } as const;
      const answer = await this.upstream.sendToAdmin(release, request);
      try {
        return readObject<WireRecoveryLink>(operation, answer, ["recovery_link"]);
      } catch (error) {
        // Newer releases call an unknown identity a bad request.
        const unknown = error instanceof KratosInvalidError && /identity id does not exist/.test(error.message);
        throw unknown ? new KratosNotFoundError(operation) : error;
      }
    });
  }
}
