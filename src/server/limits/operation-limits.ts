import type { GraphQLRequestContext, GraphQLRequestContextDidResolveOperation, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { GraphQLError, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import type { FacadeContext } from "../../graphql/context.js";
import { limitError, type Limits } from "./limits.js";
import { getQueryCost } from "./query-cost.js";
import { getRootFields } from "../apollo/document.js";

/** A caller that sends this header is told what the operation costs. */
const COST_HEADER = "x-graphql-cost";

/** The limits that hold for one operation with its variables. */
export interface OperationLimits {
  /** @throws {GraphQLError} where the operation is too large, or an argument is null that must not be */
  check(asked: GraphQLRequestContextDidResolveOperation<FacadeContext>): void;
  /** Puts what the operation costs into the answer's `extensions.cost`, for whoever asks. */
  tell(answered: GraphQLRequestContextWillSendResponse<FacadeContext>): void;
}

export function createOperationLimits({ rootFields: mostRootFields, cost: mostCost }: Limits): OperationLimits {
  const costs = new WeakMap<object, number>();
  /** The costs that are the same whatever the variables are. */
  const fixed = new WeakMap<OperationDefinitionNode, number>();

  /** Undefined where it depends on variables that do not fit. */
  function findCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Record<string, unknown>): number | undefined {
    const known = fixed.get(operation);
    if (known !== undefined) return known;
    const rootFields = getRootFields(document, operation).size;
    if (rootFields > mostRootFields) throw limitError("number of root fields", mostRootFields, rootFields);
    const price = priced(() => getQueryCost(schema, document, operation, variables));
    if (price?.isFixed) fixed.set(operation, price.cost);
    return price?.cost;
  }

  return {
    check(asked) {
      const { schema, document, operation, request } = asked;
      // Apollo Server itself refuses a request that names no operation of its document.
      if (!operation) return;
      const cost = findCost(schema, document, operation, request.variables ?? {});
      if (cost === undefined) return;
      if (wantsCost(asked)) costs.set(asked.request, cost);
      // A cost beyond all numbers is none that is less.
      if (!(cost <= mostCost)) throw limitError("cost", mostCost, cost);
    },
    tell({ request, response }) {
      const cost = costs.get(request);
      if (cost === undefined || response.body.kind !== "single") return;
      const { singleResult } = response.body;
      singleResult.extensions = { ...singleResult.extensions, cost: { requested: cost, most: mostCost } };
    },
  };
}

/** A null for an argument that must not be null fails as the cost is counted already. */
function priced<T>(count: () => T): T {
  try {
    return count();
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new GraphQLError(error.message, { nodes: error.nodes, extensions: { code: "BAD_USER_INPUT", http: { status: 400 } } });
  }
}

function wantsCost({ request }: GraphQLRequestContext<FacadeContext>): boolean {
  return request.http?.headers.has(COST_HEADER) ?? false;
}
