import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import type { Limits } from "../limits/limits.js";
import { createOperationLimits } from "../limits/operation-limits.js";
import { errorForLog, type Logger } from "../logger.js";
import type { ObservedContext, OperationRecord } from "../telemetry/telemetry.js";
import { createAudit } from "./audit-log.js";
import { getOperation } from "./document.js";
import type { CompiledExecution } from "./jit.js";
import { getErrorCodes, logError } from "./log-error.js";

/**
 * What is done at each step of an operation. It is one plugin, for Apollo Server waits for each of several at every step:
 * five of them took a quarter of the promises of an answer.
 */
export function operationPlugin(logger: Logger, limits: Limits, { execute }: CompiledExecution): ApolloServerPlugin<ObservedContext> {
  const operationLimits = createOperationLimits(limits);
  const startAudit = createAudit(logger);
  return {
    async unexpectedErrorProcessingRequest({ error }) {
      logger.error({ err: errorForLog(error) }, "A request failed.");
    },
    async requestDidStart({ contextValue }) {
      const endTelemetry = contextValue.telemetry.startOperation();
      const endAudit = startAudit(contextValue);
      return {
        async didResolveOperation(asked) {
          operationLimits.check(asked);
        },
        responseForOperation: execute,
        async didEncounterErrors({ errors }) {
          for (const error of errors) logError(logger, error);
        },
        async willSendResponse(answered) {
          endAudit(answered);
          operationLimits.tell(answered);
          endTelemetry(getOutcome(answered));
        },
      };
    },
  };
}

/** A caller may name an operation as long as a document may be. */
const MAX_NAME = 64;

/** What telemetry tells of an operation that is answered. */
export function getOutcome(answered: GraphQLRequestContextWillSendResponse<ObservedContext>): Omit<OperationRecord, "durationMs"> {
  const { operation, response } = answered;
  const asked = getOperation(answered);
  const errors = response.body.kind === "single" ? response.body.singleResult.errors : undefined;
  return {
    name: asked?.name?.value.slice(0, MAX_NAME),
    type: asked?.operation,
    valid: operation !== undefined,
    codes: getErrorCodes(errors ?? []),
  };
}
