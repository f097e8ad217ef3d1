import { createMethodMiddlewareDecorator } from "type-graphql";
import { type ChangeOutcome, isUuid, KratosError } from "../kratos/index.js";
import type { AuditEntry, FacadeContext } from "./context.js";
import { getErrorCode, isUnexpected } from "./errors.js";
import type { UserError } from "./user-errors.js";

interface ImportResult {
  readonly identityId: string | null;
  readonly userErrors: readonly UserError[];
}

interface Payload {
  readonly identity?: { readonly id: string } | null;
  readonly session?: { readonly identityId?: string } | null;
  /** Of `importIdentities`. */
  readonly results?: readonly (ImportResult | Error)[];
  readonly userErrors: readonly UserError[];
}

/** Records the outcome of a mutation in the audit of the request. */
export const Audited = createMethodMiddlewareDecorator<FacadeContext>(async ({ args, context, info }, next) => {
  const { fieldName: mutation, path } = info;
  const target = { ...getTarget(mutation, (args["input"] ?? {}) as MutationInput), ...toId("identityId", context.viewer?.identity.id) };
  const end = context.audit?.start(String(path.key), { mutation, ...target });
  let payload: Payload;
  try {
    payload = (await next()) as Payload;
  } catch (error) {
    end?.({ outcome: getOutcome(error), codes: [getErrorCode(error)] });
    throw error;
  }
  const { identity, session, results, userErrors } = payload;
  const [userError] = userErrors;
  if (userError) end?.({ outcome: userError.outcome, codes: userErrors.map(({ code }) => code) });
  else if (results) end?.(summarize(results));
  else end?.({ outcome: "DONE", ...toId("identityId", identity?.id ?? session?.identityId) });
  return payload;
});

/** The outcome for several identities. If it is unknown for one of them, it is unknown as a whole. */
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

/** What inputs of mutations have in common. Values of callers are of any type until they are validated. */
interface MutationInput {
  readonly id?: unknown;
  readonly identityId?: unknown;
}

/** The ID of the identity or session that a mutation changes. */
export function getTarget(mutation: string, { id, identityId }: MutationInput): Pick<AuditEntry, "identityId" | "sessionId"> {
  return { ...toId(mutation.endsWith("Session") ? "sessionId" : "identityId", id), ...toId("identityId", identityId) };
}

/** Callers can send anything as an ID. Only a UUID is safe to record. */
function toId<Name extends string>(name: Name, id: unknown): { readonly [K in Name]?: string } {
  return typeof id === "string" && isUuid(id) ? ({ [name]: id.toLowerCase() } as { [K in Name]: string }) : {};
}

function getOutcome(error: unknown): ChangeOutcome {
  if (error instanceof KratosError) return error.outcome;
  // A bug may appear before or after the change. Other errors are thrown before anything is sent, e.g. because a scope is missing.
  return isUnexpected({}, error) ? "UNKNOWN" : "NOT_SENT";
}
