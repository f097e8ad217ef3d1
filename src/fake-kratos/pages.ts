import { badRequest } from "./errors.js";

/** What a list that is continued with tokens is sorted by: the time in descending order, and the ID in ascending order. */
export interface SortKey {
  readonly id: string;
  readonly at: string;
}

/** A page of such a list, and the `Link` header that leads to the next one. */
export function readTokenPage<Item>(
  path: string,
  sorted: readonly Item[],
  keyOf: (item: Item) => SortKey,
  query: URLSearchParams,
): { readonly page: readonly Item[]; readonly link: string } {
  const size = Number(query.get("page_size"));
  const token = query.get("page_token");
  const after = token === null ? undefined : parseToken(token);
  const rest = sorted.filter((item) => {
    const { id, at } = keyOf(item);
    return !after || at < after.at || (at === after.at && id > after.id);
  });
  const page = rest.slice(0, size);
  const link = (rel: string, { id, at }: SortKey) =>
    `<${path}?page_size=${size}&page_token=${Buffer.from(`id=${id}/created_at=${at}`).toString("base64url")}>; rel="${rel}"`;
  const first = link("first", { id: "00000000-0000-0000-0000-000000000000", at: "2200-12-31 23:59:59" });
  return { page, link: rest.length > size ? `${first},${link("next", keyOf(page.at(-1)!))}` : first };
}

function parseToken(token: string): SortKey {
  const [, id, at] = /^id=([0-9a-f-]{36})\/created_at=(.+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (!id || !at) throw badRequest("The page token is invalid, do not craft your own page tokens");
  return { id, at };
}
