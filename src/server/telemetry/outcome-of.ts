import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { getOperationAST } from "graphql";
import type { OperationRecord } from "./operation-record.js";
import type { ObservedContext } from "./request-telemetry.js";

/** A caller may name an operation as long as a document may be. */
const LONGEST_NAME = 64;

/** What telemetry tells of an operation that is answered. */
export function outcomeOf(answered: GraphQLRequestContextWillSendResponse<ObservedContext>): Omit<OperationRecord, "durationMs"> {
  const { document, operation, request, response } = answered;
  const asked = operation ?? (document && getOperationAST(document, request.operationName));
  const errors = response.body.kind === "single" ? response.body.singleResult.errors : undefined;
  return {
    name: asked?.name?.value.slice(0, LONGEST_NAME),
    type: asked?.operation,
    valid: operation !== undefined,
    codes: errors ? [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))] : [],
  };
}
