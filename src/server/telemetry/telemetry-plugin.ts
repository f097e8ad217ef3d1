import type { ApolloServerPlugin } from "@apollo/server";
import { getOperationAST } from "graphql";
import type { ObservedContext } from "./request-telemetry.js";

/** A caller may name an operation as long as a document may be. */
const LONGEST_NAME = 64;

/** Tells the request's telemetry of its operations. */
export function telemetryPlugin(): ApolloServerPlugin<ObservedContext> {
  return {
    async requestDidStart({ contextValue: { telemetry } }) {
      const end = telemetry.startOperation();
      return {
        async willSendResponse({ document, operation, request, response: { body } }) {
          const asked = operation ?? (document && getOperationAST(document, request.operationName));
          const errors = body.kind === "single" ? body.singleResult.errors : undefined;
          end({
            name: asked?.name?.value.slice(0, LONGEST_NAME),
            type: asked?.operation,
            valid: operation !== undefined,
            codes: errors ? [...new Set(errors.map(({ extensions }) => String(extensions?.["code"])))] : [],
          });
        },
      };
    },
  };
}
