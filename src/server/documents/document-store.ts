import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import type { DocumentNode } from "graphql";

const MOST_DOCUMENTS = 1_000;
const MOST_CHARACTERS = 1_000_000;

/**
 * Keeps the newest documents that were found valid, and by that their compiled forms. Apollo Server's own store counts
 * neither those nor the text with its comments, which each document holds on to: a megabyte of comments would count as nothing.
 */
export function createDocumentStore(): InMemoryLRUCache<DocumentNode> {
  return new InMemoryLRUCache<DocumentNode>({
    max: MOST_DOCUMENTS,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: ({ loc }) => loc?.source.body.length ?? MOST_CHARACTERS,
  });
}
