import { createMethodMiddlewareDecorator } from "type-graphql";
import { type ChangeOutcome, isIdentityId, KratosError } from "../kratos/index.js";
import type { AuditEntry, FacadeContext } from "./context.js";
import { getErrorCode, isUnexpected } from "./errors.js";
import type { UserError } from "./user-errors.js";

interface Payload {
  readonly identity?: { readonly id: string } | null;
  readonly userErrors: readonly UserError[];
}

/** Records the outcome of a mutation in the audit of the request. */
export const Audited = createMethodMiddlewareDecorator<FacadeContext>(async ({ args, context, info }, next) => {
  const input = args["input"] as { readonly id?: string; readonly identityId?: string };
  const record = (outcome: AuditEntry["outcome"], codes: readonly string[], payload?: Payload) => {
    // Callers can send anything as an ID. Only a UUID is safe to record.
    const identityId = [payload?.identity?.id, input.id, input.identityId].find((id) => id !== undefined && isIdentityId(id));
    context.audit?.record(String(info.path.key), {
      mutation: info.fieldName,
      ...(identityId && { identityId: identityId.toLowerCase() }),
      outcome,
      ...(codes.length > 0 && { codes }),
    });
  };
  try {
    const payload = (await next()) as Payload;
    const codes = payload.userErrors.map(({ code }) => code);
    record(payload.userErrors[0]?.outcome ?? "DONE", codes, payload);
    return payload;
  } catch (error) {
    record(getOutcome(error), [getErrorCode(error)]);
    throw error;
  }
});

function getOutcome(error: unknown): ChangeOutcome {
  if (error instanceof KratosError) return error.outcome;
  // A bug may appear before or after the change. Other errors are thrown before anything is sent, e.g. because a scope is missing.
  return isUnexpected({}, error) ? "UNKNOWN" : "NOT_SENT";
}
