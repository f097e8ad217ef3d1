import type { WireFlows } from "../../kratos/index.js";
import { withoutCodes } from "./without-codes.js";
import { withoutTokens } from "./without-tokens.js";

/** A flow as callers without `secrets:read` see it; the inputs that hold a token or a code ask for the scope themselves. */
export function withoutSecrets<Flow extends WireFlows[keyof WireFlows]>(flow: Flow): Flow {
  return {
    ...flow,
    request_url: withoutTokens(flow.request_url),
    return_to: withoutTokens(flow.return_to),
    ui: withoutCodes({ ...flow.ui, action: withoutTokens(flow.ui.action) ?? "" }),
  };
}
