import { randomUUID } from "node:crypto";
import { parseGoDuration } from "../go/go-duration.js";
import { decodeBody } from "../go/go-struct.js";
import { goTime } from "../go/go-time.js";
import { parseUuid } from "../go/go-uuid.js";
import { badRequest, KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import { randomText } from "./random-text.js";

const usualLifespan = "1h";

/** Makes a link by which an identity's owner gets back in. */
export function createRecoveryLink(state: KratosState, request: KratosRequest): Reply {
  if (!state.recoveryLinkEnabled) {
    throw new KratosError(404, {
      reason: "This endpoint was disabled by system administrator. Please check your url or contact the system administrator to enable it.",
    });
  }
  const body: { identity_id?: string | null; expires_in?: string | null } = decodeBody(
    request,
    state.era.recoveryLinkBody,
    (field, value) => {
      if (field !== "identity_id" || typeof value !== "string") return undefined;
      const parsed = parseUuid(value);
      return typeof parsed === "string" ? undefined : state.era.uuidFault(value, parsed);
    },
  );
  const expiresAt = expiry(body.expires_in || usualLifespan, state.era.leastLifespan);
  const identity = state.identities.find(String(parseUuid(body.identity_id ?? "")));
  if (!identity) throw state.era.noIdentityToRecover();
  if (state.era.recoveryNeedsAddress && identity.recoveryAddresses.length === 0) {
    throw badRequest("The identity does not have any recovery addresses set.");
  }
  const recovery_link = `${state.publicUrl}/self-service/recovery?flow=${randomUUID()}&token=${randomText(32)}`;
  return json({ recovery_link, expires_at: goTime(expiresAt, "nanoseconds") });
}

function expiry(duration: string, leastLifespan: bigint): number {
  const nanoseconds = parseGoDuration(duration);
  if (nanoseconds === undefined) {
    throw badRequest(`Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but did not: ${duration}`);
  }
  if (nanoseconds < leastLifespan) throw badRequest(`Value from "expires_in" must be result to a future time: ${duration}`);
  return Date.now() + Number(nanoseconds / 1_000_000n);
}
