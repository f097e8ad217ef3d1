import type { GraphQLRequestContextDidResolveOperation, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { GraphQLError, type OperationDefinitionNode } from "graphql";
import type { FacadeContext } from "../../graphql/context.js";
import { getRootFields } from "../apollo/document.js";
import { limitError, type Limits } from "./limits.js";
import { getQueryCost } from "./query-cost.js";

type RequestContext = GraphQLRequestContextDidResolveOperation<FacadeContext>;

/** Callers that send this header receive the operation's cost. */
const COST_HEADER = "x-graphql-cost";

/** The limits that depend on the operation and its variables. */
export interface OperationLimits {
  /** @throws {GraphQLError} if the operation exceeds a limit, or an argument is null that must not be */
  check(context: RequestContext): void;
  /** Adds the cost to the response's `extensions.cost` if the caller asked for it. */
  addCost(context: GraphQLRequestContextWillSendResponse<FacadeContext>): void;
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
    addCost({ request, response }) {
      const cost = requestedCosts.get(request);
      if (cost === undefined || response.body.kind !== "single") return;
      const { singleResult } = response.body;
      singleResult.extensions = { ...singleResult.extensions, cost: { requested: cost, most: maxCost } };
    },
  };
}
