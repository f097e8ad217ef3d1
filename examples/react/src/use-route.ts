import { useSyncExternalStore } from "react";

export type Route = { page: "list" | "create" | "account" | "profile" } | { page: "identity" | "edit"; id: string } | { page: "search"; text: string } | { page: "unknown" };

/** The addresses of the pages. They are URL fragments, so that any static file server can serve the app. */
export const paths = {
  list: "#/",
  create: "#/create",
  account: "#/account",
  profile: "#/account/profile",
  search: (text: string) => `#/search/${encodeURIComponent(text)}`,
  identity: (id: string) => `#/identities/${encodeURIComponent(id)}`,
  edit: (id: string) => `#/identities/${encodeURIComponent(id)}/edit`,
};

export function goTo(path: string): void {
  location.hash = path;
}

/** Goes to a page that takes the place of the current one in the browser's history. */
export function goOnTo(path: string): void {
  location.replace(path);
}

/** The page in the browser's address. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  if (hash === "" || hash === paths.list) return { page: "list" };
  if (hash === paths.create) return { page: "create" };
  if (hash === paths.account) return { page: "account" };
  if (hash === paths.profile) return { page: "profile" };
  const [, folder, part = "", edit] = /^#\/(identities|search)\/([^/]+)(\/edit)?$/.exec(hash) ?? [];
  const text = decoded(part);
  if (!text) return { page: "unknown" };
  if (folder === "identities") return { page: edit ? "edit" : "identity", id: text };
  return edit ? { page: "unknown" } : { page: "search", text };
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
