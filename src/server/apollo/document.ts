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
const MAX_CHARACTERS = 1_000_000;

/**
 * Keeps the newest documents that were found valid, and by that their compiled forms. Apollo Server's own store counts
 * neither those nor the text with its comments, which each document holds on to: a megabyte of comments would count as nothing.
 */
export function createDocumentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ loc }) => loc?.source.body.length ?? MAX_CHARACTERS,
  });
}

/** A document's fragments by their names. */
export function getFragments({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

/** The fields of Query or Mutation that an operation asks for, those in fragments included, by their names in the answer. */
export function getRootFields(document: DocumentNode, { selectionSet }: OperationDefinitionNode): ReadonlyMap<string, FieldNode> {
  const fragments = getFragments(document);
  const fields = new Map<string, FieldNode>();
  const seen = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(selectionSet);
  return fields;
}

/** The operation that was asked for, where the document could be read: Apollo Server has none that is not valid. */
export function getOperation({ document, operation, request }: GraphQLRequestContextWillSendResponse<BaseContext>): OperationDefinitionNode | undefined {
  return operation ?? (document && getOperationAST(document, request.operationName)) ?? undefined;
}
