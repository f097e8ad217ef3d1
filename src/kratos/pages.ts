import { KratosInvalidError, KratosPositionError } from "./errors.js";

/*
 * Lists that Kratos does not page by the ID of an entry: it continues them with a token or numbers their pages. A caller can
 * continue after any entry and with any page size, which neither of the two offers.
 */

/** A position in such a list: this many entries after the start of the list or of the page that the token leads to. */
export interface ListPosition {
  readonly offset: number;
  /** Absent at the start of the list, and in lists with numbered pages. */
  readonly token?: string;
}

export interface ListEntry<Item> {
  readonly item: Item;
  /** The position directly after the entry. */
  readonly position: ListPosition;
}

export interface ListPage<Item> {
  readonly entries: readonly ListEntry<Item>[];
  readonly hasNextPage: boolean;
}

/** Maximum size of a page: Kratos reads a larger one as this. */
const MAX_PAGE_SIZE = 500;

/** Reads what follows a token, or the start of the list. `next` leads to the next page, if there is one. */
export type ReadTokenPage<Item> = (size: number, token: string | undefined) => Promise<{ readonly items: readonly Item[]; readonly next?: string }>;

/** Reads a page of a list, counted from 0. It is short only at the end of the list. */
export type ReadNumberedPage<Item> = (page: number, size: number) => Promise<readonly Item[]>;

/**
 * Reads a page of a list that Kratos continues with tokens. Kratos has a token for the end of a page only, so a position inside
 * of one takes a second request, for what precedes it.
 * @param operation name of the operation in Ory's API documents
 * @param first maximum number of entries
 * @throws {KratosPositionError} if Kratos does not know the token
 */
export async function listByToken<Item>(operation: string, read: ReadTokenPage<Item>, first: number, after: ListPosition = { offset: 0 }): Promise<ListPage<Item>> {
  try {
    return await readAfter(read, first, after);
  } catch (error) {
    throw after.token !== undefined && error instanceof KratosInvalidError ? new KratosPositionError(operation) : error;
  }
}

async function readAfter<Item>(read: ReadTokenPage<Item>, first: number, after: ListPosition): Promise<ListPage<Item>> {
  let { token } = after;
  if (after.offset > 0) {
    ({ next: token } = await read(after.offset, token));
    if (token === undefined) return { entries: [], hasNextPage: false };
  }
  const { items, next } = await read(first, token);
  const entries = items.map((item, index) => {
    const isLast = index === items.length - 1;
    return { item, position: isLast && next !== undefined ? { offset: 0, token: next } : { offset: index + 1, token } };
  });
  return { entries, hasNextPage: next !== undefined };
}

/** The `page_token` of the next page in the `Link` headers, of which v0.11 sends several. The address is relative. */
export function getNextToken({ headers }: Response): string | undefined {
  const [, address] = /<([^>]*)>; *rel="next"/.exec(headers.get("link") ?? "") ?? [];
  return new URLSearchParams(address?.split("?")[1]).get("page_token") ?? undefined;
}

/**
 * Reads a page of a list with numbered pages.
 * @param first maximum number of entries
 */
export async function listByNumber<Item>(read: ReadNumberedPage<Item>, first: number, { offset }: ListPosition = { offset: 0 }): Promise<ListPage<Item>> {
  // One more is requested, to see whether more follow.
  const items = await readWindow(read, offset, first + 1);
  const entries = items.slice(0, first).map((item, index) => ({ item, position: { offset: offset + index + 1 } }));
  return { entries, hasNextPage: items.length > first };
}

/**
 * The entries from an index on, fewer at the end of the list. Pages start at multiples of their size: the smallest page that
 * contains the whole window is read, or else two pages of the window's size.
 */
export async function readWindow<Item>(read: ReadNumberedPage<Item>, start: number, count: number): Promise<Item[]> {
  for (let size = count; size <= Math.min(2 * count, MAX_PAGE_SIZE); size++) {
    const page = Math.floor(start / size);
    if (start + count <= (page + 1) * size) {
      const offset = start - page * size;
      return (await read(page, size)).slice(offset, offset + count);
    }
  }
  const page = Math.floor(start / count);
  const offset = start - page * count;
  const pages = [await read(page, count), await read(page + 1, count)];
  return pages.flat().slice(offset, offset + count);
}
