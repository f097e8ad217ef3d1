import type { GraphQLRequestContextDidResolveOperation, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FormattedExecutionResult, GraphQLError, type GraphQLFormattedError, type OperationDefinitionNode } from "graphql";
import { hasHeapFor } from "../../kratos/index.js";
import { getRootFields } from "../document.js";
import type { ObservedContext } from "../telemetry/telemetry.js";
import { limitError, type Limits } from "./limits.js";
import { getQueryCost } from "./query-cost.js";

type RequestContext = GraphQLRequestContextDidResolveOperation<ObservedContext>;

/** Callers that send this header receive the operation's cost. */
const COST_HEADER = "x-graphql-cost";

/**
 * Maximum number of characters of a response. One with a page of 250 identities has about 300,000. The metrics of Kratos v0.6.3
 * have a label for the path of every identity that was ever requested: 18,000,000 characters for 9,000 identities.
 */
const MAX_RESPONSE_CHARACTERS = 25_000_000;

/** Maximum number of errors of a response: one for each of the references that a request may contain. */
const MAX_ERRORS = 1_000;

/** The limits that depend on the operation and its variables, and those of its response. */
export interface OperationLimits {
  /** @throws {GraphQLError} if the operation exceeds a limit, or an argument is null that must not be */
  check(context: RequestContext): void;
  /** Replaces a result that is too large, together with the others of a batch, with an error, and adds the cost to `extensions.cost` if the caller asked for it. */
  completeResponse(context: GraphQLRequestContextWillSendResponse<ObservedContext>): void;
}

export function createOperationLimits({ rootFields: maxRootFields, cost: maxCost }: Limits): OperationLimits {
  const requestedCosts = new WeakMap<object, number>();
  /** Costs that do not depend on variables. */
  const fixedCosts = new WeakMap<OperationDefinitionNode, number>();

  /** The operation's cost; undefined if it depends on variables that are invalid. */
  function getCost({ schema, document, request }: RequestContext, operation: OperationDefinitionNode): number | undefined {
    const fixedCost = fixedCosts.get(operation);
    if (fixedCost !== undefined) return fixedCost;
    const rootFields = getRootFields(document, operation).size;
    if (rootFields > maxRootFields) throw limitError("number of root fields", maxRootFields, rootFields);
    try {
      const result = getQueryCost(schema, document, operation, request.variables ?? {});
      if (result?.isFixed) fixedCosts.set(operation, result.cost);
      return result?.cost;
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      // An argument is null that must not be. Execution would fail with the same message.
      throw new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: "BAD_USER_INPUT", http: { status: 400 } } });
    }
  }

  return {
    check(context) {
      const { operation, request } = context;
      // Apollo Server itself refuses a request that does not select an operation of its document.
      if (!operation) return;
      const cost = getCost(context, operation);
      if (cost === undefined) return;
      if (request.http?.headers.has(COST_HEADER)) requestedCosts.set(request, cost);
      // Not `cost > maxCost`, because the sum may be NaN or Infinity.
      if (!(cost <= maxCost)) throw limitError("cost", maxCost, cost);
    },
    completeResponse({ request, response, contextValue: { telemetry } }) {
      if (response.body.kind !== "single") return;
      const { singleResult } = response.body;
      telemetry.responseCharacters += limitResult(singleResult, telemetry.responseCharacters);
      const cost = requestedCosts.get(request);
      if (cost !== undefined) singleResult.extensions = { ...singleResult.extensions, cost: { requested: cost, most: maxCost } };
    },
  };
}

/**
 * Limits a result before it becomes text: many fields and errors can share one large value in memory.
 * @param others number of characters of the other results of the same response
 * @returns the number of characters of the result
 */
function limitResult(result: FormattedExecutionResult, others: number): number {
  const { errors = [] } = result;
  if (errors.length > MAX_ERRORS) {
    const message = `There are ${errors.length} errors, but a response can have at most ${MAX_ERRORS}. The rest are left out.`;
    result.errors = [...errors.slice(0, MAX_ERRORS), { message, extensions: { code: "TOO_MANY_ERRORS", most: MAX_ERRORS } }];
  }
  const max = MAX_RESPONSE_CHARACTERS - others;
  const length = getJsonLength([result.data, result.errors], max);
  const refusal = length > max ? TOO_LARGE : canBeWritten(length) ? undefined : NO_MEMORY;
  if (!refusal) return length;
  result.data = null;
  result.errors = [refusal];
  return 0;
}

const TOO_LARGE: GraphQLFormattedError = {
  message: `The response is too large: it exceeds ${MAX_RESPONSE_CHARACTERS} characters. Request fewer objects or fields. If the operation is a mutation, it was executed.`,
  extensions: { code: "RESPONSE_TOO_LARGE", most: MAX_RESPONSE_CHARACTERS },
};

const NO_MEMORY: GraphQLFormattedError = {
  message: "There is not enough memory for the response. Try again later, or request fewer objects or fields. If the operation is a mutation, it was executed.",
  extensions: { code: "OVERLOADED" },
};

/** Whether the heap has room for a text, in which a character takes up to two bytes, while it is being written. */
function canBeWritten(characters: number): boolean {
  return characters < 1_000_000 || hasHeapFor(4 * characters);
}

/** Maximum number of characters of one character in JSON: `\u0000`. */
const MAX_ESCAPE = 6;

/** The length of a value's JSON, or any larger number if it exceeds the maximum. Escapes are counted only if they can matter. */
function getJsonLength(value: unknown, max: number): number {
  const length = addLengths(value, max, (text) => text.length + 2);
  const isUndecided = length <= max && length * MAX_ESCAPE > max;
  return isUndecided ? addLengths(value, max, (text) => JSON.stringify(text).length) : length;
}

function addLengths(value: unknown, max: number, getTextLength: (text: string) => number): number {
  let length = 0;
  // Not a recursion: traits may be nested so deeply that it would overflow the stack.
  const values = [value];
  while (values.length > 0 && length <= max) {
    const next = values.pop();
    if (typeof next === "string") length += getTextLength(next);
    else if (typeof next !== "object" || next === null) length += String(next).length;
    else if (Array.isArray(next)) {
      // A comma follows each item, and two brackets surround them.
      length += next.length + 2;
      for (const item of next) values.push(item);
    } else {
      length += 2;
      for (const key in next) {
        length += getTextLength(key) + 2;
        values.push((next as Record<string, unknown>)[key]);
      }
    }
  }
  return length;
}
