import { type GraphQLRequestListener, HeaderMap } from "@apollo/server";
import { type DocumentNode, type ExecutionResult, type GraphQLError, type GraphQLSchema, Kind, type SelectionSetNode, visit } from "graphql";
import type { CompiledQuery } from "graphql-jit";
import type { FacadeContext } from "../../graphql/context.js";
import { getFragments } from "./document.js";

/** Selections of a document with its fragments written out. Applications ask for some hundreds. */
const MAX_SELECTIONS = 2_000;

/**
 * Whether the compiler can be trusted with a valid document. It is not where
 * - fragments that spread fragments grow large: it writes each out wherever it is spread, thirty that spread the next one
 *   twice a billion times;
 * - a fragment and a `@skip` or `@include` are in one document: it keeps the condition at the fragment's own fields, where
 *   it holds for all other places that spread it too;
 * - a name is one that every object in JavaScript has, as `constructor`: it looks names up in plain objects.
 */
export function isCompilable(document: DocumentNode): boolean {
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
  return compilable && writtenOut(document) <= MAX_SELECTIONS;
}

/** How many selections a document's operations have when each spread is replaced by its fragment. */
function writtenOut(document: DocumentNode): number {
  const fragments = getFragments(document);
  const sizes = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const known = sizes.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    const size = fragment ? sizeOf(fragment.selectionSet) : 0;
    sizes.set(name, size);
    return size;
  };
  const sizeOf = ({ selections }: SelectionSetNode): number => {
    let sum = selections.length;
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(selection.name.value);
      else if (selection.selectionSet) sum += sizeOf(selection.selectionSet);
    }
    return sum;
  };
  return document.definitions.reduce((sum, one) => sum + (one.kind === Kind.OPERATION_DEFINITION ? sizeOf(one.selectionSet) : 0), 0);
}

/** What is known of one operation of a document: only that it came; its compiled form; null where it has none. */
type Known = "seen" | CompiledQuery | null;

export interface CompiledExecution {
  /** The step of an Apollo Server's plugin that answers in place of graphql-js, where there is a compiled form. */
  readonly execute: NonNullable<GraphQLRequestListener<FacadeContext>["responseForOperation"]>;
  /** How many operations have been compiled so far. */
  readonly compilations: () => number;
}

/**
 * Executes queries as functions compiled from their documents, five times as fast as graphql-js on long lists
 * (docs/performance.md). What the compiler does otherwise than graphql-js stays with graphql-js: mutations, whose inputs
 * have defaults, and variables that do not fit, whose messages differ.
 *
 * A document is compiled when it comes a second time, so that one-off queries do not pay for it, and used compiled from
 * the third time on. The compiled ones live as long as Apollo's bounded document store keeps their document.
 *
 * @param report gets each request's errors and gives them in the form that callers see
 */
export function createCompiledExecution(
  schema: GraphQLSchema,
  report: (error: GraphQLError) => ReturnType<GraphQLError["toJSON"]>,
): CompiledExecution {
  const known = new WeakMap<DocumentNode, Map<string, Known>>();
  let compilations = 0;

  async function compile(document: DocumentNode, operationName: string): Promise<CompiledQuery | null> {
    // Loaded only here: the first answer need not wait for it.
    const { compileQuery, isCompiledQuery } = await import("graphql-jit");
    compilations++;
    const compiled = compileQuery(schema, document, operationName || undefined, { disablingCapturingStackErrors: true });
    return isCompiledQuery(compiled) ? compiled : null;
  }

  /** The compiled form of an operation, where there is one by now. */
  function find(document: DocumentNode, operationName: string): CompiledQuery | null {
    const operations = known.get(document) ?? new Map<string, Known>();
    const operation = operations.get(operationName);
    if (operation === undefined) {
      known.set(document, operations.set(operationName, "seen"));
      return null;
    }
    if (operation !== "seen") return operation;
    operations.set(operationName, null);
    if (!isCompilable(document)) return null;
    // What cannot be compiled stays with graphql-js.
    compile(document, operationName).then(
      (compiled) => operations.set(operationName, compiled),
      () => undefined,
    );
    return null;
  }

  return {
    async execute({ document, operation, operationName, request, contextValue }) {
      // Undefined where a request names no operation of its document: graphql-js refuses it.
      if (operation?.operation !== "query") return null;
      const compiled = find(document, operationName ?? "");
      if (!compiled) return null;
      const { data, errors } = (await compiled.query(undefined, contextValue, request.variables ?? {})) as ExecutionResult;
      // Variables that do not fit: nothing was executed yet.
      if (data === undefined) return null;
      return {
        http: { headers: new HeaderMap() },
        body: { kind: "single", singleResult: errors?.length ? { errors: errors.map(report), data } : { data } },
      };
    },
    compilations: () => compilations,
  };
}
