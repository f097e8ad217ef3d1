import type { Options } from "ky";
import type { KratosApi } from "./api.js";
import type { KratosClient } from "./client.js";
import { KratosInvalidError, KratosNotFoundError } from "./errors.js";
import { type Check, expectJson, isString, objectWith, optional } from "./response.js";
import { isUuid, type WireRecoveryCode, type WireRecoveryLink } from "./types.js";
import { INVALID_DURATION, INVALID_RETURN_URL } from "./validation.js";

const isRecoveryLink = objectWith<WireRecoveryLink>({ recovery_link: isString, expires_at: optional(isString) });
const isRecoveryCode = objectWith<WireRecoveryCode>({ recovery_link: isString, recovery_code: isString, expires_at: optional(isString) });

/** What links and codes have in common. */
interface RecoveryOptions {
  /** How long the link or code works, as Go writes durations, e.g. `12h` or `1h30m`. Default: Kratos' configuration. */
  readonly expiresIn?: string;
}

export interface RecoveryLinkOptions extends RecoveryOptions {
  /** URL to redirect the user to after the recovery. Default: Kratos' configuration. */
  readonly returnTo?: string;
}

export interface RecoveryCodeOptions extends RecoveryOptions {
  /** Type of client that the code is entered in: `api` or `browser`. Default: `browser`. */
  readonly flowType?: string;
}

/** Links and codes with which users regain access to their accounts. */
export class Recovery {
  constructor(private readonly client: KratosClient) {}

  /**
   * Creates a recovery link.
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosDisabledError} if the link method is disabled
   */
  createLink(identityId: string, { returnTo, ...options }: RecoveryLinkOptions = {}): Promise<WireRecoveryLink> {
    const operation = "createRecoveryLink";
    return this.client.run(operation, async (api) => {
      if (returnTo !== undefined) api.requireFor(operation, "recoveryReturnTo", "returnTo");
      // Kratos takes an empty URL for none, and before v1 fails with a URL that it cannot parse.
      if (returnTo !== undefined && !isUrl(returnTo)) throw new KratosInvalidError(operation, [INVALID_RETURN_URL]);
      const json = toBody(operation, identityId, options);
      const searchParams = returnTo === undefined ? undefined : { return_to: returnTo };
      try {
        return await create(api, operation, "recovery/link", { json, searchParams }, isRecoveryLink);
      } catch (error) {
        // Later versions call an unknown identity a bad request.
        const isUnknown = error instanceof KratosInvalidError && /identity id does not exist/.test(error.message);
        throw isUnknown ? new KratosNotFoundError(operation) : error;
      }
    });
  }

  /**
   * Creates a recovery code.
   * @throws {KratosNotFoundError} if there is no such identity
   * @throws {KratosDisabledError} if the code method is disabled
   */
  createCode(identityId: string, { flowType, ...options }: RecoveryCodeOptions = {}): Promise<WireRecoveryCode> {
    const operation = "createRecoveryCodeForIdentity";
    return this.client.run(operation, async (api) => {
      api.require(operation, "recoveryCodes");
      if (flowType !== undefined && flowType !== "browser") api.require(operation, "recoveryCodeFlowType", "A recovery code for an app", ["flowType"]);
      const json = { ...toBody(operation, identityId, options), flow_type: flowType };
      return create(api, operation, "recovery/code", { json }, isRecoveryCode);
    });
  }
}

/** Whether a text is a URL, or a path on the host of Kratos. */
function isUrl(text: string): boolean {
  return /^\S+$/.test(text) && URL.canParse(text, "http://localhost");
}

function toBody(operation: string, identityId: string, { expiresIn }: RecoveryOptions): object {
  if (!isUuid(identityId)) throw new KratosNotFoundError(operation);
  // Kratos takes an empty duration for none.
  if (expiresIn === "") throw new KratosInvalidError(operation, [INVALID_DURATION]);
  return { identity_id: identityId, expires_in: expiresIn };
}

function create<T>(api: KratosApi, operation: string, path: string, request: Options, check: Check): Promise<T> {
  return api.admin(operation, async (admin) => expectJson<T>(await admin.post(path, request).json(), check));
}
