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
} from "graphql";

const MAX_DOCUMENTS = 1_000;
/** Total length of their source texts. */
const MAX_CHARACTERS = 1_000_000;

/**
 * Creates the cache of valid documents. The size of an entry is its source text, which a parsed document references: Apollo
 * Server's own cache ignores comments, so that a megabyte of them would count as nothing.
 */
export function createDocumentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => loc?.source.body.length ?? MAX_CHARACTERS,
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

/** The root fields of an operation by response key, including those in fragments. */
export function getRootFields(document: DocumentNode, { selectionSet }: OperationDefinitionNode): ReadonlyMap<string, FieldNode> {
  const fragments = getFragments(document);
  const fields = new Map<string, FieldNode>();
  const visited = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
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
