import type { ApolloServerPlugin, GraphQLRequestContext, GraphQLRequestListener } from "@apollo/server";
import { GraphQLError } from "graphql";
import type { FacadeContext } from "../../graphql/context.js";
import { limitError } from "./limit-error.js";
import type { Limits } from "./limits.js";
import { costOf } from "./operation-cost.js";
import { rootFieldsOf } from "../root-fields.js";

/** A caller that sends this header is told what the operation costs. */
const COST_HEADER = "x-graphql-cost";

/** The limits that hold for one operation with its variables. What an operation costs is in `extensions.cost` for whoever asks. */
export function limitPlugin({ rootFields, cost: mostCost }: Limits): ApolloServerPlugin<FacadeContext> {
  const costs = new WeakMap<object, number>();

  const listener: GraphQLRequestListener<FacadeContext> = {
    async didResolveOperation(asked) {
      const { schema, document, operation, request } = asked;
      // Apollo Server itself refuses a request that names no operation of its document.
      if (!operation) return;
      const found = rootFieldsOf(document, operation).size;
      if (found > rootFields) throw limitError("number of root fields", rootFields, found);
      const cost = priced(() => costOf(schema, document, operation, request.variables ?? {}));
      if (cost === null) return;
      if (wantsCost(asked)) costs.set(asked.request, cost);
      // A cost beyond all numbers is none that is less.
      if (!(cost <= mostCost)) throw limitError("cost", mostCost, cost);
    },
    async willSendResponse({ request, response }) {
      const cost = costs.get(request);
      if (cost === undefined || response.body.kind !== "single") return;
      const { singleResult } = response.body;
      singleResult.extensions = { ...singleResult.extensions, cost: { requested: cost, most: mostCost } };
    },
  };
  return { requestDidStart: async () => listener };
}

/** A null for an argument that must not be null fails as the cost is counted already. */
function priced(count: () => number | null): number | null {
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
