import { extensionsOf } from "../parts/message-of";
import { LOGIN_PATH } from "./kratos";

/** What the user has to do first, and the path of Kratos' public API where they do it. */
export interface NextStep {
  readonly is: "sign in" | "sign in again" | "second factor";
  readonly path: string;
}

/** What a request that has failed needs. Undefined if that does not help. */
export function nextStepFor(error: Error | undefined): NextStep | undefined {
  for (const { code, reason, requiredAal, newFlowPath } of extensionsOf(error)) {
    if (requiredAal) return { is: "second factor", path: String(newFlowPath) };
    if (reason === "session_refresh_required") return { is: "sign in again", path: String(newFlowPath) };
    if (code === "UNAUTHENTICATED") return { is: "sign in", path: LOGIN_PATH };
  }
  return undefined;
}
