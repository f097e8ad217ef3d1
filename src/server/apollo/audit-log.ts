import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FieldNode, getArgumentValues, getVariableValues, type GraphQLField, type GraphQLFormattedError, OperationTypeNode } from "graphql";
import type { AuditEntry, FacadeContext } from "../../graphql/context.js";
import { isIdentityId } from "../../kratos/index.js";
import type { Logger } from "../logger.js";
import { getOperation, getRootFields } from "../document.js";
import { getErrorCodes } from "./errors.js";

type ResponseContext = GraphQLRequestContextWillSendResponse<FacadeContext>;

/**
 * Creates the audit log: one line for each mutation, with its outcome. Resolvers record the mutations that were executed; those
 * that were refused before are added when the response is sent. The errors of the response get the outcomes, too.
 * @returns a function to call when an operation starts. It returns a function to call when the operation is completed
 */
export function createAuditLog(logger: Logger): (contextValue: FacadeContext) => (context: ResponseContext) => void {
  // Independent of the log level, unless the log is disabled.
  const log = logger.child({ audit: true }, { level: logger.level === "silent" ? "silent" : "info" });

  return (contextValue) => {
    const outcomes = new Map<string, AuditEntry["outcome"]>();
    const record = (key: string, entry: AuditEntry) => {
      outcomes.set(key, entry.outcome);
      log.info({ caller: contextValue.caller.name, requestId: contextValue.requestId, ...entry }, "mutation");
    };
    // Apollo Server clones the context for each operation of a batch.
    contextValue.audit = { record };
    return (context) => {
      for (const [key, entry] of getUnsentMutations(context, outcomes)) record(key, entry);
      addOutcomes(context, outcomes);
    };
  };
}

/** The errors of a mutation's response. Undefined if the operation is no mutation, or could not be parsed. */
function getErrors(context: ResponseContext): readonly GraphQLFormattedError[] | undefined {
  const { body } = context.response;
  if (getOperation(context)?.operation !== OperationTypeNode.MUTATION || body.kind !== "single") return undefined;
  return body.singleResult.errors;
}

/**
 * Adds `extensions.outcome` to the errors that failed a mutation: those of its field, and those without a path, which refuse the
 * whole operation.
 */
function addOutcomes(context: ResponseContext, outcomes: ReadonlyMap<string, AuditEntry["outcome"]>): void {
  const { body } = context.response;
  const errors = getErrors(context);
  if (!errors || body.kind !== "single") return;
  body.singleResult.errors = errors.map((error) => {
    const { path = [], extensions } = error;
    const outcome = path.length === 0 ? "NOT_SENT" : path.length === 1 ? outcomes.get(String(path[0])) : undefined;
    return outcome === undefined ? error : { ...error, extensions: { ...extensions, outcome } };
  });
}

/** Yields the mutations of an operation that were not executed because of an error, by response key. */
function* getUnsentMutations(context: ResponseContext, outcomes: ReadonlyMap<string, unknown>): Generator<[key: string, AuditEntry]> {
  const { document, schema, request } = context;
  const operation = getOperation(context);
  const errors = getErrors(context);
  if (!operation || !errors) return;
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
    if (!Object.hasOwn(fields, mutation) || outcomes.has(key) || codes.length === 0 || (isRefusedAsWhole && seen.has(mutation))) continue;
    seen.add(mutation);
    const identityId = isRefusedAsWhole || !variables ? undefined : getIdentityId(fields[mutation]!, node, variables);
    yield [key, { mutation, ...(identityId && { identityId }), outcome: "NOT_SENT", codes }];
  }
}

/** The ID of the identity that a mutation would have changed, if it is a UUID. Any other value is not logged. */
function getIdentityId(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Record<string, unknown>): string | undefined {
  const { input } = getArgumentValues(field, node, variables) as { input: { readonly id?: unknown; readonly identityId?: unknown } };
  const id = input.id ?? input.identityId;
  return typeof id === "string" && isIdentityId(id) ? id.toLowerCase() : undefined;
}
