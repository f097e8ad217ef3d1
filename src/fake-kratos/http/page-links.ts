import { goLink } from "../go/go-query.js";

/** A page of a list that is counted by page numbers. */
export interface NumberedPage {
  page: number;
  perPage: number;
  total: number;
}

/** Kratos reads numbers of the old pagination leniently: what is none, or out of range, is something else instead. */
export function parsePage(
  query: URLSearchParams,
  defaults: { perPage: number; maximum: number },
  names = { page: "page", perPage: "per_page" },
): { page: number; perPage: number } {
  const number = (name: string, otherwise: number): number =>
    /^[+-]?\d{1,18}$/.test(query.get(name) ?? "") ? Number(query.get(name)) : otherwise;
  return {
    page: Math.max(number(names.page, 0), 0),
    perPage: Math.max(Math.min(number(names.perPage, defaults.perPage), defaults.maximum), 1),
  };
}

/**
 * The Link header of a numbered page, wrong where Kratos is wrong: a list shorter than a page has its length for a page
 * size, an empty one has a previous page of -1, and pages after the last one still point back.
 */
export function pageLinks(
  { page, perPage, total }: NumberedPage,
  values: (perPage: number, page: number) => Record<string, string>,
  path: string,
  query: Iterable<[string, string]>,
): string {
  const kept = [...query];
  const link = (rel: string, size: number, number: number): string => goLink(path, kept, values(size, number), rel);
  const last = Math.ceil(total / perPage) - 1;
  const first = link("first", perPage, 0);
  const next = link("next", perPage, page + 1);
  const previous = link("prev", perPage, page - 1);
  if (page >= last) {
    if (total === 0) return [first, next, previous].join(",");
    if (total < perPage) return link("first", total, 0);
    return [first, link("prev", perPage, last - 1)].join(",");
  }
  const end = link("last", perPage, last);
  return page === 0 ? [next, end].join(",") : [first, next, previous, end].join(",");
}
