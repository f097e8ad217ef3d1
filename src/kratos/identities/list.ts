import { KratosUnexpectedResponseError } from "../errors.js";
import type { WireIdentity } from "../types.js";
import type { Upstream } from "../upstream.js";
import type { Release } from "../version.js";
import { readIdentities } from "./get.js";

/** A place in the list of identities: right after this one. */
export interface PagePosition {
  /** The identity's UUID. */
  readonly id: string;
  /** Its place from 0, where the release counts; a hint, as identities come and go. */
  readonly index?: number;
}

/** A part of the list, in Kratos' own order: by id, ascending from v1.1 on and descending before. */
export interface IdentityPage {
  readonly identities: readonly WireIdentity[];
  /** The place of the first one from 0, where the release counts. */
  readonly firstIndex?: number;
  readonly hasNextPage: boolean;
}

/** A page as Kratos has them since v1.1: what comes after an id. One identity more is asked for, to see whether there are more. */
export async function listByKey(
  upstream: Upstream,
  release: Release,
  first: number,
  after?: PagePosition,
): Promise<IdentityPage> {
  const operation = "listIdentities";
  const query = { page_size: String(first + 1), ...(after && { page_token: after.id }) };
  const answer = await upstream.sendToAdmin(release, { operation, path: "/identities", query });
  const identities = readIdentities(operation, answer);
  return { identities: identities.slice(0, first), hasNextPage: identities.length > first };
}

/** The identities from one place in the list on, fewer at its end. */
type Window = (start: number, count: number) => Promise<WireIdentity[]>;

/**
 * A page as Kratos had them before v1.1: numbered, descending by id. A number alone would skip or repeat identities
 * when some came or went since the page before, or when the page size changes, so the walk goes by the last id seen
 * and its place is only where to look first.
 */
export async function listByNumber(
  upstream: Upstream,
  release: Release,
  first: number,
  after?: PagePosition,
): Promise<IdentityPage> {
  const window: Window = (start, count) => readWindow(upstream, release, start, count);
  const firstIndex = after ? await indexAfter(window, after, first) : { index: 0 };
  const found = firstIndex.window ?? (await window(firstIndex.index, first + 1));
  return { identities: found.slice(0, first), firstIndex: firstIndex.index, hasNextPage: found.length > first };
}

/** Where the list goes on after a position; mostly its window is at hand then. */
async function indexAfter(window: Window, { id, index = 0 }: PagePosition, first: number) {
  const [seen, ...next] = await window(index, first + 2);
  if (seen?.id === id) return { index: index + 1, window: next };
  return { index: await search(async (at) => isAfter((await window(at, 1))[0], id), index) };
}

/** More than any Kratos keeps. */
const MAX_IDENTITIES = 1e9;

function isAfter(identity: WireIdentity | undefined, id: string): boolean {
  return identity === undefined || identity.id < id;
}

/** The first index from 0 at which `holds` is true, which it stays from there on; looked for from `near` outwards. */
async function search(holds: (index: number) => Promise<boolean>, near: number): Promise<number> {
  let below = -1;
  let at = near;
  let step = 1;
  if (await holds(at)) {
    while (at - step >= 0 && (await holds(at - step))) {
      at -= step;
      step *= 2;
    }
    below = Math.max(at - step, -1);
  } else {
    do {
      below = at;
      at += step;
      step *= 2;
      // Something before Kratos that pays no heed to the page would have this go on for ever.
      if (at > MAX_IDENTITIES) throw new KratosUnexpectedResponseError("listIdentities", 200, "a list without an end");
    } while (!(await holds(at)));
  }
  while (at - below > 1) {
    const middle = Math.floor((at + below) / 2);
    if (await holds(middle)) at = middle;
    else below = middle;
  }
  return at;
}

/** Pages start at multiples of their size: the smallest page that holds the whole window is read, or else two of its size. */
async function readWindow(upstream: Upstream, release: Release, start: number, count: number): Promise<WireIdentity[]> {
  for (let size = count; size <= 2 * count; size++) {
    const page = Math.floor(start / size);
    if (start + count <= (page + 1) * size) {
      const offset = start - page * size;
      return (await readPage(upstream, release, page, size)).slice(offset, offset + count);
    }
  }
  const page = Math.floor(start / count);
  const offset = start - page * count;
  const pages = [await readPage(upstream, release, page, count), await readPage(upstream, release, page + 1, count)];
  return pages.flat().slice(offset, offset + count);
}

/** @param page from 0; Kratos counts from 1, and takes 0 for 1, whatever its documents and its Link header say */
async function readPage(upstream: Upstream, release: Release, page: number, size: number): Promise<WireIdentity[]> {
  const operation = "listIdentities";
  const query = { per_page: String(size), page: String(page + 1) };
  return readIdentities(operation, await upstream.sendToAdmin(release, { operation, path: "/identities", query }));
}
