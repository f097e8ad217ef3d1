import { type GraphQLRequestContextWillSendResponse, type GraphQLRequestListener, HeaderMap } from "@apollo/server";
import {
  type DocumentNode,
  type ExecutionResult,
  getNamedType,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from "graphql";
import type { CompiledQuery } from "graphql-jit";
import { getDocumentBytes, getFragments } from "../document.js";
import type { ObservedContext } from "../telemetry/telemetry.js";

export interface CompiledExecution {
  /** Apollo Server's plugin hook. Resolves to null if there is no compiled form, so that graphql-js executes the operation. */
  readonly execute: NonNullable<GraphQLRequestListener<ObservedContext>["responseForOperation"]>;
  /** Counts an operation when its response is sent. Compiles it in the background if it is used often. */
  readonly count: (context: GraphQLRequestContextWillSendResponse<ObservedContext>) => void;
  /** Number of operations compiled so far. */
  readonly compilations: () => number;
}

/** An operation is compiled when it has been answered this often within the time. */
export const USES_BEFORE_COMPILATION = 5;
const USES_WITHIN_MS = 60_000;

/**
 * Executes queries as JavaScript functions that graphql-jit compiles from their documents: on long lists they take a fifth of
 * the CPU time of graphql-js (docs/performance.md). Whatever graphql-jit handles differently is left to graphql-js: mutations,
 * because their inputs have defaults, and invalid variables, because the error messages differ.
 *
 * Compiling takes time and memory, which callers must not be able to use up. Only answers without errors count as uses, so
 * that nobody can cause the compilation of an operation that they may not execute.
 *
 * @param formatErrors logs the errors of an operation and returns them as callers see them: Apollo Server's own formatting is bypassed
 */
export function createCompiledExecution(
  schema: GraphQLSchema,
  formatErrors: (errors: readonly GraphQLError[], contextValue: ObservedContext) => ReturnType<GraphQLError["toJSON"]>[],
): CompiledExecution {
  const compiledQueries = new CompiledQueries();
  /** Null if the operation is being compiled, or cannot be. */
  const uses = new WeakMap<OperationDefinitionNode, { readonly since: number; count: number } | null>();
  let compilations = 0;

  async function compile(document: DocumentNode, operation: OperationDefinitionNode): Promise<void> {
    if (!isCompilable(document)) return;
    // A compiled operation references its document.
    const size = estimateSize(schema, document, operation) + getDocumentBytes(document) / BYTES_PER_CHARACTER;
    if (size > MAX_SIZE) return;
    // Lazy: not needed for the first requests.
    const { compileQuery, isCompiledQuery } = await import("graphql-jit");
    compilations++;
    const compiled = compileQuery(schema, document, operation.name?.value, { disablingCapturingStackErrors: true });
    if (!isCompiledQuery(compiled)) return;
    // An operation that is dropped can be compiled again.
    for (const dropped of compiledQueries.add(operation, compiled, size)) uses.delete(dropped);
  }

  return {
    async execute({ operation, request, contextValue }) {
      // Undefined if the request does not select an operation of its document: graphql-js reports the error.
      const compiled = operation && compiledQueries.get(operation);
      if (!compiled) return null;
      const { data, errors = [] } = (await compiled.query(undefined, contextValue, request.variables ?? {})) as ExecutionResult;
      // The variables are invalid, and nothing has been executed.
      if (data === undefined) return null;
      // graphql-jit would also report the errors below an object that is null because of another error.
      if (errors.some((error) => hasNulledParent(data, error))) return null;
      const result = errors.length > 0 ? { errors: formatErrors(errors.map(toGraphQLError), contextValue), data } : { data };
      return { http: { headers: new HeaderMap() }, body: { kind: "single", singleResult: result } };
    },
    count({ document, operation, response }) {
      if (operation?.operation !== "query" || response.body.kind !== "single" || response.body.singleResult.errors) return;
      const use = uses.get(operation);
      if (use === null) return;
      const now = performance.now();
      if (!use || now - use.since > USES_WITHIN_MS) uses.set(operation, { since: now, count: 1 });
      else if (++use.count >= USES_BEFORE_COMPILATION) {
        uses.set(operation, null);
        // If compilation fails, graphql-js keeps executing the operation.
        compile(document!, operation).catch(() => undefined);
      }
    },
    compilations: () => compilations,
  };
}

/** Maximum size of an operation in characters of generated code, and of all compiled operations together. A form of Kratos takes 40,000. */
const MAX_SIZE = 200_000;
const MAX_TOTAL_SIZE = 2_000_000;
/** Memory for a character of generated code. 8,000,000 characters took 116 to 141 MB. */
const BYTES_PER_CHARACTER = 16;
const MAX_OPERATIONS = 300;

/** The compiled forms of operations. Drops the least recently used ones. */
class CompiledQueries {
  readonly #entries = new Map<OperationDefinitionNode, { readonly compiled: CompiledQuery; readonly size: number }>();
  #totalSize = 0;

  get(operation: OperationDefinitionNode): CompiledQuery | undefined {
    const entry = this.#entries.get(operation);
    if (!entry) return undefined;
    this.#entries.delete(operation);
    this.#entries.set(operation, entry);
    return entry.compiled;
  }

  /** @returns the operations that were dropped */
  *add(operation: OperationDefinitionNode, compiled: CompiledQuery, size: number): Generator<OperationDefinitionNode> {
    this.#entries.set(operation, { compiled, size });
    this.#totalSize += size;
    for (const [oldest, { size }] of this.#entries) {
      if (this.#totalSize <= MAX_TOTAL_SIZE && this.#entries.size <= MAX_OPERATIONS) return;
      this.#entries.delete(oldest);
      this.#totalSize -= size;
      yield oldest;
    }
  }
}

/**
 * Whether graphql-jit handles a valid document as graphql-js does. It does not if the document contains
 * - `@skip` or `@include`: in a fragment, it applies the condition wherever else the fragment is spread, and included fields are
 *   not in the order of the document;
 * - a name that is a property of every JavaScript object, e.g. `constructor`: it looks up names in plain objects.
 */
function isCompilable(document: DocumentNode): boolean {
  let compilable = true;
  visit(document, {
    Name: ({ value }) => {
      if (value in Object.prototype) compilable = false;
    },
    Directive: () => {
      compilable = false;
    },
  });
  return compilable;
}

/** Generated code for a field, mostly for its errors. Each of them contains the field's path. */
const CHARACTERS_PER_FIELD = 1_000;
const PATHS_PER_FIELD = 12;

/**
 * Estimates the length of the code that graphql-jit generates for an operation. It writes out each fragment wherever it is
 * spread, and the selections of an interface or a union for each of its types. Stops when the size exceeds the maximum.
 */
function estimateSize(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): number {
  const fragments = getFragments(document);
  let size = 0;
  const add = ({ selections }: SelectionSetNode, type: GraphQLNamedType | undefined, pathLength: number, times: number): void => {
    for (const selection of selections) {
      if (size > MAX_SIZE) return;
      if (selection.kind === Kind.FIELD) {
        const { name, alias, arguments: args = [], selectionSet } = selection;
        const path = pathLength + (alias ?? name).value.length;
        const argumentsLength = args.reduce((sum, { loc }) => sum + (loc ? loc.end - loc.start : MAX_SIZE), 0);
        size += times * (CHARACTERS_PER_FIELD + PATHS_PER_FIELD * path + argumentsLength);
        if (!selectionSet) continue;
        const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
        // Introspection, which is one large query.
        if (!field) size = Infinity;
        const child = field && getNamedType(field.type);
        add(selectionSet, child, path, isAbstractType(child) ? times * schema.getPossibleTypes(child).length : times);
      } else {
        size += 1;
        const { typeCondition, selectionSet } = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value)!;
        // Inside of an object, a condition cannot make the type wider again.
        const inner = typeCondition && !isObjectType(type) ? typeFromAST(schema, typeCondition) : type;
        const isForOneType = isAbstractType(type) && isObjectType(inner);
        add(selectionSet, inner, pathLength, isForOneType ? times / schema.getPossibleTypes(type).length : times);
      }
    }
  };
  add(operation.selectionSet, schema.getQueryType()!, 0, 1);
  return size;
}

/** Whether an error has made an object null because one of its fields must not be null. */
function hasNulledParent(data: unknown, { path = [] }: GraphQLError): boolean {
  let parent = data;
  for (const key of path) {
    if (parent === null) return true;
    parent = (parent as Record<string | number, unknown>)[key];
  }
  return false;
}

/** Turns an error of graphql-jit into one of graphql-js: its errors have no `extensions` if a value does not match the type of its field. */
function toGraphQLError({ message, path, originalError, locations }: GraphQLError): GraphQLError {
  return Object.assign(new GraphQLError(message, { path, originalError }), { locations });
}
