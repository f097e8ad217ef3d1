import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FieldNode, getArgumentValues, getVariableValues, type GraphQLField, OperationTypeNode } from "graphql";
import type { AuditEntry } from "../../graphql/audit.js";
import type { FacadeContext } from "../../graphql/context.js";
import { isIdentityId } from "../../kratos/index.js";
import type { Logger } from "../logger.js";
import { getOperation, getRootFields } from "./document.js";
import { getErrorCodes } from "./log-error.js";

type Answered = GraphQLRequestContextWillSendResponse<FacadeContext>;

/**
 * Writes a line to the log for each mutation: what became of it, and also those that were refused before they began.
 * @returns what is called as an operation starts, which in turn returns what is called when it is answered
 */
export function createAudit(logger: Logger): (contextValue: FacadeContext) => (answered: Answered) => void {
  // It is written whatever the level of the rest, but for a log that is switched off.
  const log = logger.child({ audit: true }, { level: logger.level === "silent" ? "silent" : "info" });
  return (contextValue) => {
    const recorded = new Set<string>();
    const record = (key: string, entry: AuditEntry) => {
      recorded.add(key);
      log.info({ caller: contextValue.caller.name, requestId: contextValue.requestId, ...entry }, "mutation");
    };
    // Each operation of a batch has a context of its own.
    contextValue.audit = { record };
    return (answered) => {
      const { document, schema, request, response } = answered;
      const operation = getOperation(answered);
      if (operation?.operation !== OperationTypeNode.MUTATION || response.body.kind !== "single") return;
      const errors = response.body.singleResult.errors ?? [];
      const mutations = schema.getMutationType()!.getFields();
      // An operation that was refused as a whole may hold thousands of fields: each mutation in it is a line then.
      const whole = errors.some(({ path }) => path === undefined);
      // With the defaults of those that were not given.
      const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
      const named = new Set<string>();
      for (const [key, node] of getRootFields(document!, operation)) {
        const mutation = node.name.value;
        // Its own, and those of the whole operation.
        const codes = getErrorCodes(errors.filter(({ path }) => path === undefined || path[0] === key));
        // Any other name is whatever the caller chose to write.
        if (!Object.hasOwn(mutations, mutation) || recorded.has(key) || codes.length === 0 || (whole && named.has(mutation))) continue;
        named.add(mutation);
        const identityId = whole || !variables ? undefined : identityIdIn(mutations[mutation]!, node, variables);
        record(key, { mutation, ...(identityId && { identityId }), outcome: "refused", codes });
      }
    };
  };
}

/** The identity that a mutation was to be about. */
function identityIdIn(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Record<string, unknown>): string | undefined {
  const { input } = getArgumentValues(field, node, variables) as { input: { readonly id?: unknown; readonly identityId?: unknown } };
  const id = input.id ?? input.identityId;
  return typeof id === "string" && isIdentityId(id) ? id.toLowerCase() : undefined;
}
