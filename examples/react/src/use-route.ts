import { useSyncExternalStore } from "react";

export type Route = { page: "list" } | { page: "create" } | { page: "identity" | "edit"; id: string } | { page: "unknown" };

/** The addresses of the pages. They are URL fragments, so that any static file server can serve the app. */
export const paths = {
  list: "#/",
  create: "#/create",
  identity: (id: string) => `#/identities/${encodeURIComponent(id)}`,
  edit: (id: string) => `#/identities/${encodeURIComponent(id)}/edit`,
};

export function goTo(path: string): void {
  location.hash = path;
}

/** The page in the browser's address. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  if (hash === "" || hash === paths.list) return { page: "list" };
  if (hash === paths.create) return { page: "create" };
  const [, part, edit] = /^#\/identities\/([^/]+)(\/edit)?$/.exec(hash) ?? [];
  const id = part && decoded(part);
  return id ? { page: edit ? "edit" : "identity", id } : { page: "unknown" };
}

function subscribe(changed: () => void): () => void {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
}

/** Decodes a part of an address. Undefined if its encoding is invalid. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
