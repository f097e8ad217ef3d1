import type { ApolloServerPlugin } from "@apollo/server";
import { getOperationAST, OperationTypeNode, type GraphQLFormattedError } from "graphql";
import type { AuditEntry } from "../graphql/audit/audit.js";
import type { FacadeContext } from "../graphql/context.js";
import type { Logger } from "./logger.js";
import { rootFieldsOf } from "./root-fields.js";

/** Writes a line to the log for each mutation: what became of it, and also those that were refused before they began. */
export function auditPlugin(logger: Logger): ApolloServerPlugin<FacadeContext> {
  // It is written whatever the level of the rest, but for a log that is switched off.
  const log = logger.child({ audit: true }, { level: logger.level === "silent" ? "silent" : "info" });
  return {
    async requestDidStart({ contextValue }) {
      const recorded = new Set<string>();
      const record = (key: string, entry: AuditEntry) => {
        recorded.add(key);
        log.info({ caller: contextValue.caller.name, requestId: contextValue.requestId, ...entry }, "mutation");
      };
      // Each operation of a batch has a context of its own.
      contextValue.audit = { record };
      return {
        async willSendResponse({ document, request, response }) {
          const operation = document && getOperationAST(document, request.operationName);
          if (operation?.operation !== OperationTypeNode.MUTATION || response.body.kind !== "single") return;
          const errors = response.body.singleResult.errors ?? [];
          for (const [key, { name }] of rootFieldsOf(document!, operation)) {
            const codes = codesOf(errors, key);
            if (!recorded.has(key) && codes.length > 0) record(key, { mutation: name.value, outcome: "refused", codes });
          }
        },
      };
    },
  };
}

/** The codes of the errors of one field, and of those of the whole operation. */
function codesOf(errors: readonly GraphQLFormattedError[], key: string): string[] {
  const own = errors.filter(({ path }) => path === undefined || path[0] === key);
  return [...new Set(own.map(({ extensions }) => String(extensions?.["code"])))];
}
