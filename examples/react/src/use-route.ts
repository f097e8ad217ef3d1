import { useSyncExternalStore } from "react";

export type Route = { page: "list" } | { page: "create" } | { page: "identity"; id: string } | { page: "unknown" };

/** The addresses of the pages. They stand behind a #, so that any server of static files can serve them. */
export const paths = {
  list: "#/",
  create: "#/create",
  identity: (id: string) => `#/identities/${encodeURIComponent(id)}`,
};

export function goTo(path: string): void {
  location.hash = path;
}

/** The page that the browser's address names. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  if (hash === "" || hash === paths.list) return { page: "list" };
  if (hash === paths.create) return { page: "create" };
  const [, part] = /^#\/identities\/([^/]+)$/.exec(hash) ?? [];
  const id = part && decoded(part);
  return id ? { page: "identity", id } : { page: "unknown" };
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

/** A part of an address as text; undefined where it is none, say because somebody mistyped it. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
