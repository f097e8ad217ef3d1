import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { badRequest, KratosError } from "./errors.js";
import { UI_URL } from "./flows.js";
import type { Identities, Identity } from "./identities.js";
import type { Routes } from "./server.js";
import { parseDuration, timestamp } from "./time.js";

interface RecoveryBody {
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
    "POST /recovery/link": ({ body, query }) => {
      const { identity_id, expires_in } = body as RecoveryBody;
      const expires_at = toExpiry(expires_in);
      checkReturnTo(query.get("return_to") ?? "");
      const refusal = refuse(identities.find(identity_id));
      if (refusal) throw refusal;
      const token = randomBytes(24).toString("base64url");
      return { json: { recovery_link: `${publicUrl}/self-service/recovery?flow=${randomUUID()}&token=${token}`, expires_at } };
    },
  };
}

/** The code works nowhere, as the fake has no recovery flows that can be completed. */
export function recoveryCodeRoutes(identities: Identities): Routes {
  return {
    "POST /recovery/code": ({ body }) => {
      const { identity_id, expires_in } = body as RecoveryBody;
      const expires_at = toExpiry(expires_in);
      if (!identities.find(identity_id)) throw new KratosError(404, { reason: "could not find identity", message: "Unable to locate the resource" });
      const recovery_code = String(randomInt(1e6)).padStart(6, "0");
      return { status: 201, json: { recovery_link: `${UI_URL}/recovery?flow=${randomUUID()}`, recovery_code, expires_at } };
    },
  };
}

function toExpiry(expiresIn = "1h"): string {
  const lifespanMs = parseDuration(expiresIn);
  if (lifespanMs > 0) return timestamp(Date.now() + lifespanMs);
  throw badRequest(`Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but did not: ${expiresIn}`);
}

/** The pages of the operator are the only ones that users are sent to in the end. */
function checkReturnTo(url: string): void {
  if (url === "" || url.startsWith("/")) return;
  if (!URL.canParse(url)) throw badRequest(`Unable to parse the return_to query parameter as an URL: parse ${JSON.stringify(url)}: first path segment in URL cannot contain colon`);
  if (!url.startsWith(`${UI_URL}/`)) {
    throw new KratosError(400, { id: "self_service_flow_return_to_forbidden", reason: `Requested return_to URL ${JSON.stringify(url)} is not allowed.` });
  }
}
