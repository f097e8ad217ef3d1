import { createMethodMiddlewareDecorator } from "type-graphql";
import { type ChangeOutcome, isIdentityId, KratosError } from "../kratos/index.js";
import type { AuditEntry, FacadeContext } from "./context.js";
import { getErrorCode, isUnexpected } from "./errors.js";
import type { UserError } from "./user-errors.js";

interface ImportResult {
  readonly identityId: string | null;
  readonly userErrors: readonly UserError[];
}

interface Payload {
  readonly identity?: { readonly id: string } | null;
  /** Of `importIdentities`. */
  readonly results?: readonly (ImportResult | Error)[];
  readonly userErrors: readonly UserError[];
}

/** Records the outcome of a mutation in the audit of the request. */
export const Audited = createMethodMiddlewareDecorator<FacadeContext>(async ({ args, context, info }, next) => {
  const input = args["input"] as { readonly id?: string; readonly identityId?: string };
  const end = context.audit?.start(String(info.path.key), { mutation: info.fieldName, ...toIdentityId(input.id ?? input.identityId) });
  let payload: Payload;
  try {
    payload = (await next()) as Payload;
  } catch (error) {
    end?.({ outcome: getOutcome(error), codes: [getErrorCode(error)] });
    throw error;
  }
  const { identity, results, userErrors } = payload;
  const [userError] = userErrors;
  if (userError) end?.({ outcome: userError.outcome, codes: userErrors.map(({ code }) => code) });
  else if (results) end?.(summarize(results));
  else end?.({ outcome: "DONE", ...toIdentityId(identity?.id) });
  return payload;
});

/** What has become of several identities. If it is unknown of one of them, the outcome is unknown. */
function summarize(results: readonly (ImportResult | Error)[]): Omit<AuditEntry, "mutation"> {
  const identityIds = results.flatMap((result) => (result instanceof Error ? [] : (result.identityId ?? [])));
  const codes = results.flatMap((result) => (result instanceof Error ? getErrorCode(result) : result.userErrors.map(({ code }) => code)));
  const isUnknown = results.some((result) => result instanceof Error && getOutcome(result) === "UNKNOWN");
  return {
    outcome: isUnknown ? "UNKNOWN" : "DONE",
    identityIds,
    failed: results.length - identityIds.length,
    ...(codes.length > 0 && { codes: [...new Set(codes)] }),
  };
}

/** Callers can send anything as an ID. Only a UUID is safe to record. */
function toIdentityId(id: string | undefined): Pick<AuditEntry, "identityId"> {
  return id !== undefined && isIdentityId(id) ? { identityId: id.toLowerCase() } : {};
}

function getOutcome(error: unknown): ChangeOutcome {
  if (error instanceof KratosError) return error.outcome;
  // A bug may appear before or after the change. Other errors are thrown before anything is sent, e.g. because a scope is missing.
  return isUnexpected({}, error) ? "UNKNOWN" : "NOT_SENT";
}
