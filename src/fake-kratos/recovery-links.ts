import { randomBytes, randomUUID } from "node:crypto";
import { badRequest, type KratosError } from "./errors.js";
import type { Identities, Identity } from "./identities.js";
import type { Routes } from "./server.js";
import { parseDuration, timestamp } from "./time.js";

interface RecoveryLinkBody {
  readonly identity_id: string;
  readonly expires_in?: string;
}

/** @param refuse the error if this version creates no link for the identity */
export function recoveryLinkRoutes(
  identities: Identities,
  publicUrl: string,
  refuse: (identity: Identity | undefined) => KratosError | undefined,
): Routes {
  return {
    "POST /recovery/link": ({ body }) => {
      const { identity_id, expires_in = "1h" } = body as RecoveryLinkBody;
      const lifespanMs = parseDuration(expires_in);
      if (!(lifespanMs > 0)) {
        throw badRequest(`Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but did not: ${expires_in}`);
      }
      const refusal = refuse(identities.find(identity_id));
      if (refusal) throw refusal;
      const token = randomBytes(24).toString("base64url");
      return {
        json: {
          recovery_link: `${publicUrl}/self-service/recovery?flow=${randomUUID()}&token=${token}`,
          expires_at: timestamp(Date.now() + lifespanMs),
        },
      };
    },
  };
}
