import type { BaseContext, GraphQLRequestContextWillSendResponse } from "@apollo/server";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type Token,
} from "graphql";

const MAX_DOCUMENTS = 1_000;
/** Total size of the documents. */
const MAX_BYTES = 20_000_000;

/** What a token and its part of the tree take: 158 MB were measured for 600,000 tokens. */
const BYTES_PER_TOKEN = 260;

/** Estimates the memory that a parsed document takes, with its source text and its tokens, which it references. */
export function getDocumentBytes({ loc }: DocumentNode): number {
  let bytes = 0;
  for (let token: Token | null | undefined = loc?.startToken; token; token = token.next) bytes += BYTES_PER_TOKEN;
  return bytes + (loc?.source.body.length ?? 0);
}

/** Creates the cache of valid documents. Apollo Server's own cache ignores what a document references. */
export function createDocumentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_BYTES,
    sizeCalculation: getDocumentBytes,
  });
}

/** The fragments of a document by name. */
export function getFragments({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/** The root fields of an operation by response key, including those in fragments. If the document is valid, those of a key are equal. */
export function getRootFields(document: DocumentNode, { selectionSet }: OperationDefinitionNode): ReadonlyMap<string, readonly FieldNode[]> {
  const fragments = getFragments(document);
  const fields = new Map<string, FieldNode[]>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const sameKey = fields.get(key);
        if (sameKey) sameKey.push(selection);
        else fields.set(key, [selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(selectionSet);
  return fields;
}

/** The requested operation if the document could be parsed. Apollo Server provides it only if the document is also valid. */
export function getOperation({ document, operation, request }: GraphQLRequestContextWillSendResponse<BaseContext>): OperationDefinitionNode | undefined {
  return operation ?? (document && getOperationAST(document, request.operationName)) ?? undefined;
}

/** The operations that a request can mean: the requested one, or all of the document if it is not clear which one that is. */
export function getOperations(context: GraphQLRequestContextWillSendResponse<BaseContext>): readonly OperationDefinitionNode[] {
  const operation = getOperation(context);
  if (operation) return [operation];
  return (context.document?.definitions ?? []).filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
}
