import type { ApolloServerPlugin } from "@apollo/server";
import type { CompiledExecution } from "./compiled-execution.js";
import { errorForLog } from "../error-for-log.js";
import { logError } from "./log-error.js";
import { createOperationLimits } from "../limits/operation-limits.js";
import type { Limits } from "../limits/limits.js";
import type { Logger } from "../logger.js";
import { createAudit } from "./operation-audit.js";
import { outcomeOf } from "./outcome-of.js";
import type { ObservedContext } from "../telemetry/request-telemetry.js";

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
          endTelemetry(outcomeOf(answered));
        },
      };
    },
  };
}
