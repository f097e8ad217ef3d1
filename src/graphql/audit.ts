import { createMethodMiddlewareDecorator } from "type-graphql";
import { isIdentityId, KratosUnavailableError } from "../kratos/index.js";
import type { FacadeContext } from "./context.js";
import { getErrorCode } from "./errors.js";
import type { UserError } from "./user-errors.js";

/** What became of one mutation. It holds no value of the identity's own. */
export interface AuditEntry {
  /** The mutation's name. */
  readonly mutation: string;
  /** The identity that it is about, where one is known by a UUID. */
  readonly identityId?: string;
  /** `unknown`: sent to Kratos, which did not say whether it was done. */
  readonly outcome: "done" | "refused" | "failed" | "unknown";
  /** The codes of the user errors or of the error. */
  readonly codes?: readonly string[];
}

/** Where the mutations of one request are written down. */
export interface Audit {
  /** @param key the mutation's name in the answer: its alias, or else its own */
  record(key: string, entry: AuditEntry): void;
}

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
    record(error instanceof KratosUnavailableError ? "unknown" : "failed", [getErrorCode(error)]);
    throw error;
  }
});
