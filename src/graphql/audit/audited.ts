import { createMethodMiddlewareDecorator } from "type-graphql";
import { isIdentityId, KratosUnavailableError } from "../../kratos/index.js";
import type { AuditEntry } from "./audit.js";
import type { FacadeContext } from "../context.js";
import { codeOf } from "../errors/format-error.js";
import type { UserError } from "../user-error/user-error.js";

interface Payload {
  readonly identity?: { readonly id: string } | null;
  readonly userErrors: readonly UserError[];
}

/** Writes down what becomes of a mutation. */
export const Audited = createMethodMiddlewareDecorator<FacadeContext>(async ({ args, context, info }, next) => {
  const input = args["input"] as { readonly id?: string; readonly identityId?: string };
  const record = (outcome: AuditEntry["outcome"], codes: readonly string[], payload?: Payload) => {
    // Only a UUID is written: what else a caller gives for an id may be anything.
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
    record(codes.length > 0 ? "refused" : "done", codes, payload);
    return payload;
  } catch (error) {
    record(error instanceof KratosUnavailableError ? "unknown" : "failed", [codeOf(error)]);
    throw error;
  }
});
