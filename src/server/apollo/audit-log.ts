import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FieldNode, getArgumentValues, getVariableValues, type GraphQLField, OperationTypeNode } from "graphql";
import type { AuditEntry, FacadeContext } from "../../graphql/context.js";
import { isIdentityId } from "../../kratos/index.js";
import type { Logger } from "../logger.js";
import { getOperation, getRootFields } from "../document.js";
import { getErrorCodes } from "./errors.js";

type ResponseContext = GraphQLRequestContextWillSendResponse<FacadeContext>;

/**
 * Creates the audit log: one line for each mutation, with its outcome. Resolvers record the mutations that were executed; those
 * that were refused before are added when the response is sent.
 * @returns a function to call when an operation starts. It returns a function to call when the operation is completed
 */
export function createAuditLog(logger: Logger): (contextValue: FacadeContext) => (context: ResponseContext) => void {
  // Independent of the log level, unless the log is disabled.
  const log = logger.child({ audit: true }, { level: logger.level === "silent" ? "silent" : "info" });

  return (contextValue) => {
    const recorded = new Set<string>();
    const record = (key: string, entry: AuditEntry) => {
      recorded.add(key);
      log.info({ caller: contextValue.caller.name, requestId: contextValue.requestId, ...entry }, "mutation");
    };
    // Apollo Server clones the context for each operation of a batch.
    contextValue.audit = { record };
    return (context) => {
      for (const [key, entry] of getRefusedMutations(context, recorded)) record(key, entry);
    };
  };
}

/** Yields the mutations of an operation that were not executed because of an error, by response key. */
function* getRefusedMutations(context: ResponseContext, recorded: ReadonlySet<string>): Generator<[key: string, AuditEntry]> {
  const { document, schema, request, response } = context;
  const operation = getOperation(context);
  if (operation?.operation !== OperationTypeNode.MUTATION || response.body.kind !== "single") return;
  const errors = response.body.singleResult.errors ?? [];
  const fields = schema.getMutationType()!.getFields();
  // An operation that is refused as a whole may contain thousands of fields. It yields each mutation once, without its ID.
  const isRefusedAsWhole = errors.some(({ path }) => path === undefined);
  const seen = new Set<string>();
  // Includes defaults. Undefined if the variables are invalid.
  const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
  for (const [key, node] of getRootFields(document!, operation)) {
    const mutation = node.name.value;
    const codes = getErrorCodes(errors.filter(({ path }) => path === undefined || path[0] === key));
    // The document may be invalid; names that are not mutations are arbitrary text of the caller.
    if (!Object.hasOwn(fields, mutation) || recorded.has(key) || codes.length === 0 || (isRefusedAsWhole && seen.has(mutation))) continue;
    seen.add(mutation);
    const identityId = isRefusedAsWhole || !variables ? undefined : getIdentityId(fields[mutation]!, node, variables);
    yield [key, { mutation, ...(identityId && { identityId }), outcome: "refused", codes }];
  }
}

/** The ID of the identity that a mutation would have changed, if it is a UUID. Any other value is not logged. */
function getIdentityId(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Record<string, unknown>): string | undefined {
  const { input } = getArgumentValues(field, node, variables) as { input: { readonly id?: unknown; readonly identityId?: unknown } };
  const id = input.id ?? input.identityId;
  return typeof id === "string" && isIdentityId(id) ? id.toLowerCase() : undefined;
}
