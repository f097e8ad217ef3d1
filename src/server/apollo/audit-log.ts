import type { GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FieldNode, getArgumentValues, getVariableValues, type GraphQLField, type GraphQLFormattedError, type OperationDefinitionNode, OperationTypeNode } from "graphql";
import { getTarget } from "../../graphql/audit.js";
import type { Audit, AuditEntry, FacadeContext } from "../../graphql/context.js";
import { errorForLog, type Logger } from "../logger.js";
import { getOperations, getRootFields } from "../document.js";
import { getErrorCodes } from "./errors.js";

type ResponseContext = GraphQLRequestContextWillSendResponse<FacadeContext>;

/**
 * The audit log: one line for each mutation, with its outcome, which is written before the response is sent. The errors of the
 * response get the outcomes, too.
 */
export class AuditLog {
  readonly #log: Logger;
  /** The lines of the mutations that have not ended. */
  readonly #running = new Set<AuditLine>();

  /** @param errorLogger for lines that cannot be written when the server stops */
  constructor(
    logger: Logger,
    private readonly errorLogger: Logger,
  ) {
    // Independent of the log level, unless the log is disabled.
    this.#log = logger.child({ audit: true }, { level: logger.level === "silent" ? "silent" : "info" });
  }

  /**
   * Called when an operation starts. Resolvers record the mutations that are executed.
   * @returns a function to call when the operation is completed. It records the mutations that were refused before
   */
  onOperationStart(contextValue: FacadeContext): (context: ResponseContext) => void {
    const { caller, requestId } = contextValue;
    const outcomes = new Map<string, AuditEntry["outcome"]>();
    const start: Audit["start"] = (key, mutation) => {
      const running: AuditLine = { caller: caller.name, subject: caller.subject, requestId, ...mutation, outcome: "UNKNOWN" };
      // Until the line is written. If it cannot be, the caller gets an error.
      outcomes.set(key, "UNKNOWN");
      this.#running.add(running);
      return (result) => {
        if (this.#running.delete(running)) this.#write({ ...running, ...result });
        outcomes.set(key, result.outcome);
      };
    };
    // Apollo Server clones the context for each operation of a batch.
    contextValue.audit = { start };
    return (context) => {
      for (const [key, { mutation, ...result }] of getUnsentMutations(context, outcomes)) start(key, { mutation })(result);
      addOutcomes(context, outcomes);
    };
  }

  /** Writes the lines of the mutations that are cut off because the server stops. */
  stop(): void {
    for (const line of this.#running) {
      try {
        this.#write(line);
      } catch (error) {
        this.errorLogger.error({ requestId: line.requestId, err: errorForLog(error) }, "An audit line could not be written.");
      }
    }
    this.#running.clear();
  }

  /** The IDs of many identities are in lines of their own: log collectors cut long lines, at 16 kB in most cases. */
  #write({ identityIds, ...line }: AuditLine): void {
    this.#log.info(identityIds ? { ...line, created: identityIds.length } : line, "mutation");
    const { mutation, caller, subject, requestId } = line;
    for (let start = 0; start < (identityIds?.length ?? 0); start += MAX_IDS) {
      this.#log.info({ caller, subject, requestId, mutation, identityIds: identityIds!.slice(start, start + MAX_IDS) }, "identities created");
    }
  }
}

/** IDs in one line. */
const MAX_IDS = 100;

interface AuditLine extends AuditEntry {
  readonly caller: string;
  readonly subject?: string;
  readonly requestId?: string;
}

/** The mutations that a request can mean. There are none if its document cannot be parsed. */
function getMutations(context: ResponseContext): readonly OperationDefinitionNode[] {
  return getOperations(context).filter(({ operation }) => operation === OperationTypeNode.MUTATION);
}

/** The errors of a mutation's response. Undefined if the request means no mutation. */
function getErrors(context: ResponseContext): readonly GraphQLFormattedError[] | undefined {
  const { body } = context.response;
  return body.kind === "single" && getMutations(context).length > 0 ? body.singleResult.errors : undefined;
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
  const errors = getErrors(context);
  if (!errors) return;
  const fields = schema.getMutationType()!.getFields();
  // An operation that is refused as a whole may contain thousands of fields. It yields each mutation once, without its ID.
  const isRefusedAsWhole = errors.some(({ path }) => path === undefined);
  const seen = new Set<string>();
  // Those that are yielded are added to the outcomes.
  const executed = new Set(outcomes.keys());
  for (const operation of getMutations(context)) {
    // Includes defaults. Undefined if the variables are invalid.
    const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], request.variables ?? {});
    for (const [key, nodes] of getRootFields(document!, operation)) {
      const codes = getErrorCodes(errors.filter(({ path }) => path === undefined || path[0] === key));
      if (executed.has(key) || codes.length === 0) continue;
      for (const node of isRefusedAsWhole ? nodes : nodes.slice(0, 1)) {
        const mutation = node.name.value;
        // The document may be invalid; names that are not mutations are arbitrary text of the caller.
        if (!Object.hasOwn(fields, mutation) || (isRefusedAsWhole && seen.has(mutation))) continue;
        seen.add(mutation);
        const target = isRefusedAsWhole || !variables ? {} : getTarget(mutation, getInput(fields[mutation]!, node, variables));
        yield [key, { mutation, ...target, outcome: "NOT_SENT", codes }];
      }
    }
  }
}

function getInput(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Record<string, unknown>): object {
  return (getArgumentValues(field, node, variables) as { input: object }).input;
}
