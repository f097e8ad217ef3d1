import type { GraphQLRequestContextDidResolveOperation, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { type FormattedExecutionResult, GraphQLError, type OperationDefinitionNode } from "graphql";
import type { FacadeContext } from "../../graphql/context.js";
import { getRootFields } from "../document.js";
import { limitError, type Limits } from "./limits.js";
import { getQueryCost } from "./query-cost.js";

type RequestContext = GraphQLRequestContextDidResolveOperation<FacadeContext>;

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
  /** Replaces a response that is too large with an error, and adds the cost to `extensions.cost` if the caller asked for it. */
  completeResponse(context: GraphQLRequestContextWillSendResponse<FacadeContext>): void;
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
    completeResponse({ request, response }) {
      if (response.body.kind !== "single") return;
      const { singleResult } = response.body;
      limitResult(singleResult);
      const cost = requestedCosts.get(request);
      if (cost !== undefined) singleResult.extensions = { ...singleResult.extensions, cost: { requested: cost, most: maxCost } };
    },
  };
}

/** Limits a result before it becomes text: many fields and errors can share one large value in memory. */
function limitResult(result: FormattedExecutionResult): void {
  if (isLongerThan(MAX_RESPONSE_CHARACTERS, result.data)) {
    const message = `The response is too large: it exceeds ${MAX_RESPONSE_CHARACTERS} characters. Request fewer objects or fields. If it is of a mutation, the mutation was executed.`;
    result.data = null;
    result.errors = [{ message, extensions: { code: "RESPONSE_TOO_LARGE", most: MAX_RESPONSE_CHARACTERS } }];
  }
  const { errors = [] } = result;
  if (errors.length <= MAX_ERRORS) return;
  const message = `There are ${errors.length} errors, but a response has at most ${MAX_ERRORS}. The others are left out.`;
  result.errors = [...errors.slice(0, MAX_ERRORS), { message, extensions: { code: "TOO_MANY_ERRORS", most: MAX_ERRORS } }];
}

/** Whether a value's JSON is longer than a number of characters. Escapes are not counted, and numbers count as four. */
function isLongerThan(max: number, value: unknown): boolean {
  let length = 0;
  // Not a recursion: traits may be nested so deeply that it would overflow the stack.
  const values = [value];
  while (values.length > 0) {
    const next = values.pop();
    if (typeof next === "string") length += next.length + 3;
    else if (typeof next !== "object" || next === null) length += 5;
    else if (Array.isArray(next)) for (const item of next) values.push(item);
    else {
      for (const key in next) {
        length += key.length + 3;
        values.push((next as Record<string, unknown>)[key]);
      }
    }
    if (length > max) return true;
  }
  return false;
}
