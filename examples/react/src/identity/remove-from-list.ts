import type { ApolloCache, Reference } from "@apollo/client";

interface StoredLists {
  identities: { readonly edges: readonly { readonly node: Reference | null }[] } | null;
}

/** Removes a deleted identity from the list in the cache. */
export function removeFromList(cache: ApolloCache, id: string): void {
  cache.modify<StoredLists>({
    fields: {
      identities: (list, { readField }) =>
        list && "edges" in list ? { ...list, edges: list.edges.filter(({ node }) => !node || readField("id", node) !== id) } : list,
    },
  });
}
