import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import type { OperationRecord } from "../telemetry/operation-record.js";
import type { ObservedContext } from "../telemetry/request-telemetry.js";
import { codesOf } from "./codes-of.js";
import { operationOf } from "./operation-of.js";

/** A caller may name an operation as long as a document may be. */
const LONGEST_NAME = 64;

/** What telemetry tells of an operation that is answered. */
export function outcomeOf(answered: GraphQLRequestContextWillSendResponse<ObservedContext>): Omit<OperationRecord, "durationMs"> {
  const { operation, response } = answered;
  const asked = operationOf(answered);
  const errors = response.body.kind === "single" ? response.body.singleResult.errors : undefined;
  return {
    name: asked?.name?.value.slice(0, LONGEST_NAME),
    type: asked?.operation,
    valid: operation !== undefined,
    codes: codesOf(errors ?? []),
  };
}
