import type { ApolloCache, Reference } from "@apollo/client";

interface StoredLists {
  identities: { readonly edges: readonly { readonly node: Reference }[] } | null;
}

/** Takes an identity that is gone out of the list, where that has been loaded. */
export function takeOutOfList(cache: ApolloCache, id: string): void {
  cache.modify<StoredLists>({
    fields: {
      identities: (list, { readField }) =>
        list && "edges" in list ? { ...list, edges: list.edges.filter(({ node }) => readField("id", node) !== id) } : list,
    },
  });
}
