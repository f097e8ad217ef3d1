import type { BaseContext, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { getOperationAST, type OperationDefinitionNode } from "graphql";

/** The operation that was asked for, where the document could be read: Apollo Server has none that is not valid. */
export function operationOf({ document, operation, request }: GraphQLRequestContextWillSendResponse<BaseContext>): OperationDefinitionNode | undefined {
  return operation ?? (document && getOperationAST(document, request.operationName)) ?? undefined;
}
