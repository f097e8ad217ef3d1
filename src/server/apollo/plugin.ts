import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { forgedMutation } from "../csrf.js";
import type { Limits } from "../limits/limits.js";
import { createOperationLimits } from "../limits/operation-limits.js";
import { errorForLog } from "../logger.js";
import type { OperationRecord } from "../telemetry/metrics.js";
import type { ObservedContext } from "../telemetry/telemetry.js";
import type { AuditLog } from "./audit-log.js";
import { getOperation } from "../document.js";
import { getErrorCodes, logErrors } from "./errors.js";
import type { CompiledExecution } from "./jit.js";

/**
 * The steps of an operation: telemetry, audit log, limits, compiled execution and error log. They form one plugin, because
 * Apollo Server awaits every plugin at every step: five plugins took a quarter of the promises of a request.
 */
export function createOperationPlugin(
  auditLog: AuditLog,
  limits: Limits,
  { execute, count }: CompiledExecution,
): ApolloServerPlugin<ObservedContext> {
  const operationLimits = createOperationLimits(limits);
  return {
    async unexpectedErrorProcessingRequest({ requestContext, error }) {
      requestContext.contextValue.telemetry.logger.error({ err: errorForLog(error) }, "A request failed.");
    },
    async requestDidStart({ contextValue }) {
      const endTelemetry = contextValue.telemetry.onOperationStart();
      const endAudit = auditLog.onOperationStart(contextValue);
      return {
        async didResolveOperation(context) {
          if (!contextValue.mayMutate && context.operation?.operation === "mutation") throw forgedMutation();
          operationLimits.check(context);
        },
        responseForOperation: execute,
        async didEncounterErrors({ errors }) {
          logErrors(contextValue.telemetry, errors);
        },
        async willSendResponse(context) {
          endAudit(context);
          operationLimits.completeResponse(context);
          count(context);
          endTelemetry(toRecord(context));
        },
      };
    },
  };
}

/** Callers choose the names of operations, which can be as long as a document. */
const MAX_NAME_LENGTH = 64;

function toRecord(context: GraphQLRequestContextWillSendResponse<ObservedContext>): Omit<OperationRecord, "durationMs"> {
  const { response } = context;
  const operation = getOperation(context);
  const errors = response.body.kind === "single" ? response.body.singleResult.errors : undefined;
  return {
    name: operation?.name?.value.slice(0, MAX_NAME_LENGTH),
    type: operation?.operation,
    valid: context.operation !== undefined,
    codes: getErrorCodes(errors ?? []),
  };
}
