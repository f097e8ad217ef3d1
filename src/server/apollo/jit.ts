import { type GraphQLRequestListener, HeaderMap } from "@apollo/server";
import { type DocumentNode, type ExecutionResult, type GraphQLError, type GraphQLSchema, Kind, type SelectionSetNode, visit } from "graphql";
import type { CompiledQuery } from "graphql-jit";
import type { FacadeContext } from "../../graphql/context.js";
import { getFragments } from "./document.js";

export interface CompiledExecution {
  /** Apollo Server's plugin hook. Resolves to null if there is no compiled form, so that graphql-js executes the operation. */
  readonly execute: NonNullable<GraphQLRequestListener<FacadeContext>["responseForOperation"]>;
  /** Number of operations compiled so far. */
  readonly compilations: () => number;
}

/** State of an operation: seen once; compiled; null if it is being compiled or cannot be. */
type State = "seen" | CompiledQuery | null;

/**
 * Executes queries as JavaScript functions that graphql-jit compiles from their documents: on long lists they take a fifth of
 * the CPU time of graphql-js (docs/performance.md). Whatever graphql-jit handles differently is left to graphql-js: mutations,
 * because their inputs have defaults, and invalid variables, because the error messages differ.
 *
 * An operation is compiled when it is requested a second time, so that one-off queries do not pay for it, and is executed
 * compiled from the third time on. The compiled form lives as long as its document in Apollo Server's document store.
 *
 * @param formatErrors logs the errors of an operation and returns them as callers see them: Apollo Server's own formatting is bypassed
 */
export function createCompiledExecution(
  schema: GraphQLSchema,
  formatErrors: (errors: readonly GraphQLError[]) => ReturnType<GraphQLError["toJSON"]>[],
): CompiledExecution {
  const states = new WeakMap<DocumentNode, Map<string, State>>();
  let compilations = 0;

  async function compile(document: DocumentNode, operationName: string): Promise<CompiledQuery | null> {
    // Lazy: not needed for the first request.
    const { compileQuery, isCompiledQuery } = await import("graphql-jit");
    compilations++;
    const compiled = compileQuery(schema, document, operationName || undefined, { disablingCapturingStackErrors: true });
    return isCompiledQuery(compiled) ? compiled : null;
  }

  /** Returns the compiled form if there is one by now, and starts the compilation if the operation is requested a second time. */
  function getCompiled(document: DocumentNode, operationName: string): CompiledQuery | null {
    const operations = states.get(document) ?? new Map<string, State>();
    const state = operations.get(operationName);
    if (state === undefined) {
      states.set(document, operations.set(operationName, "seen"));
      return null;
    }
    if (state !== "seen") return state;
    operations.set(operationName, null);
    if (!isCompilable(document)) return null;
    // If compilation fails, graphql-js keeps executing the operation.
    compile(document, operationName).then(
      (compiled) => operations.set(operationName, compiled),
      () => undefined,
    );
    return null;
  }

  return {
    async execute({ document, operation, operationName, request, contextValue }) {
      // Undefined if the request does not select an operation of its document: graphql-js reports the error.
      if (operation?.operation !== "query") return null;
      const compiled = getCompiled(document, operationName ?? "");
      if (!compiled) return null;
      const { data, errors } = (await compiled.query(undefined, contextValue, request.variables ?? {})) as ExecutionResult;
      // The variables are invalid, and nothing has been executed.
      if (data === undefined) return null;
      return {
        http: { headers: new HeaderMap() },
        body: { kind: "single", singleResult: errors?.length ? { errors: formatErrors(errors), data } : { data } },
      };
    },
    compilations: () => compilations,
  };
}

/** Maximum number of selections of a document with its fragments expanded. Applications use some hundreds. */
const MAX_SELECTIONS = 2_000;

/**
 * Whether graphql-jit handles a valid document correctly. It does not if
 * - expanded fragments are large: it expands each one wherever it is spread, and if thirty fragments spread the next one twice,
 *   that is a billion times;
 * - a document contains both a fragment and a `@skip` or `@include`: it attaches the condition to the fragment's own fields, so
 *   that it also applies wherever else the fragment is spread;
 * - a name is a property of every JavaScript object, e.g. `constructor`: it looks up names in plain objects.
 */
function isCompilable(document: DocumentNode): boolean {
  let compilable = true;
  const hasFragments = document.definitions.some(({ kind }) => kind === Kind.FRAGMENT_DEFINITION);
  visit(document, {
    Name: ({ value }) => {
      if (value in Object.prototype) compilable = false;
    },
    Directive: () => {
      if (hasFragments) compilable = false;
    },
  });
  return compilable && countExpandedSelections(document) <= MAX_SELECTIONS;
}

/** Counts the selections of all operations of a document, as if each spread were replaced by its fragment. */
function countExpandedSelections(document: DocumentNode): number {
  const fragments = getFragments(document);
  const fragmentCounts = new Map<string, number>();
  const countFragment = (name: string): number => {
    const known = fragmentCounts.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const count = fragment ? countSelections(fragment.selectionSet) : 0;
    fragmentCounts.set(name, count);
    return count;
  };
  const countSelections = ({ selections }: SelectionSetNode): number => {
    let sum = selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) sum += countFragment(selection.name.value);
      else if (selection.selectionSet) sum += countSelections(selection.selectionSet);
    }
    return sum;
  };
  return document.definitions.reduce((sum, node) => sum + (node.kind === Kind.OPERATION_DEFINITION ? countSelections(node.selectionSet) : 0), 0);
}
