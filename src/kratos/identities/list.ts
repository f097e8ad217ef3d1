import type { KratosApi } from "../api.js";
import { KratosFilterIgnoredError, KratosUnexpectedResponseError } from "../errors.js";
import { readWindow, type ReadNumberedPage } from "../pages.js";
import { INCLUDE_CREDENTIALS } from "./credentials.js";
import type { Condition, IdentityFilter } from "./filter.js";
import { expectIdentities, withCredentials, type IdentityOrError } from "./get.js";

/** A position in the list of identities: directly after this identity. */
export interface PagePosition {
  /** The identity's UUID. */
  readonly id: string;
  /** The identity's index from 0, if the version numbers its pages. A hint only, as identities come and go. */
  readonly index?: number;
}

export interface ListOptions {
  /** What the list is restricted to. Default: nothing. */
  readonly filter?: IdentityFilter;
  /** Whether to get the credentials, too, if this version lists them. Default: false. */
  readonly credentials?: boolean;
}

/** A page of identities in Kratos' own order: by ID, ascending since v1.1 and descending before. */
export interface IdentityPage {
  /** A malformed identity is an error, which has its ID. */
  readonly identities: readonly IdentityOrError[];
  /** Index of the first identity from 0, if the version numbers its pages. */
  readonly firstIndex?: number;
  readonly hasNextPage: boolean;
}

/**
 * Lists identities as Kratos has paged them since v1.1: what follows an ID.
 * @param first maximum number of identities
 * @param credentials whether to get the credentials, too, if this version lists them
 * @param condition what they have to match
 */
export async function listByKeyset(
  api: KratosApi,
  first: number,
  after: PagePosition | undefined,
  credentials: boolean,
  condition?: Condition,
): Promise<IdentityPage> {
  // One more is requested, to see whether more follow.
  const identities = await requestList(api, { page_size: first + 1, ...(after && { page_token: after.id }) }, condition, credentials);
  return { identities: identities.slice(0, first), hasNextPage: identities.length > first };
}

/**
 * Lists identities as Kratos paged them before v1.1: numbered, in descending order of ID. A page number alone would skip or
 * repeat identities if some came or went since the page before, or if the page size changes, so the position is the last ID
 * seen, and its index is only where to look first.
 * @param first maximum number of identities
 */
export async function listByOffset(api: KratosApi, first: number, after?: PagePosition): Promise<IdentityPage> {
  const { index, window } = after ? await findIndexAfter(api, after, first) : { index: 0 };
  const identities = window ?? (await readWindow(readPages(api), index, first + 1));
  return { identities: identities.slice(0, first), firstIndex: index, hasNextPage: identities.length > first };
}

/**
 * Maximum number of requests to find a position in a list of a million identities, however wrong its index is. In most cases
 * no more than the page itself is requested.
 */
export const MAX_SEARCH_REQUESTS = 30;

/** Where the list continues after a position. In most cases the identities from there on were read along the way. */
async function findIndexAfter(api: KratosApi, { id, index = 0 }: PagePosition, first: number) {
  const [hinted, ...window] = await readWindow(readPages(api), index, first + 2);
  if (hinted?.id === id) return { index: index + 1, window };
  const isAfter = async (at: number) => {
    const [identity] = await readWindow(readPages(api), at, 1);
    return identity === undefined || identity.id < id;
  };
  // Beyond the end, the index says nothing about where the position is.
  return { index: await search(isAfter, hinted ? index : 0) };
}

/** Upper limit of the search, above any real number of identities. */
const MAX_IDENTITIES = 1e9;

/** Growth of the steps of a search. With 2, a search through a million identities takes up to 40 requests in place of 27. */
const GROWTH = 16;

/** The first index from 0 at which `holds` is true, and stays true from there on. Searched from `near` outwards. */
async function search(holds: (index: number) => Promise<boolean>, near: number): Promise<number> {
  let below = -1;
  let at = near;
  let step = 1;
  if (await holds(at)) {
    while (at - step >= 0 && (await holds(at - step))) {
      at -= step;
      step *= GROWTH;
    }
    below = Math.max(at - step, -1);
  } else {
    do {
      below = at;
      at += step;
      step *= GROWTH;
      // A proxy that ignores the page number would otherwise keep this going forever.
      if (at > MAX_IDENTITIES) throw new KratosUnexpectedResponseError("listIdentities", 200, { detail: "a list without an end" });
    } while (!(await holds(at)));
  }
  while (at - below > 1) {
    const middle = Math.floor((at + below) / 2);
    if (await holds(middle)) at = middle;
    else below = middle;
  }
  return at;
}

/** Kratos counts pages from 1, and takes 0 as 1, whatever its documents and its `Link` header say. */
function readPages(api: KratosApi): ReadNumberedPage<IdentityOrError> {
  return (page, size) => requestList(api, { per_page: size, page: page + 1 });
}

/**
 * Requests a list.
 * @param credentials whether to get the credentials, too, if this version lists them
 * @throws {KratosFilterIgnoredError} if an identity does not match the condition
 */
export async function requestList(
  api: KratosApi,
  page: Record<string, string | number>,
  condition?: Condition,
  credentials = false,
): Promise<IdentityOrError[]> {
  const { includeCredential } = api.version.features;
  const isIncluded = credentials && includeCredential;
  const parameters = Object.entries({ ...page, ...condition?.parameters }).map(([name, value]) => [name, String(value)]);
  const searchParams = [...parameters, ...(isIncluded ? INCLUDE_CREDENTIALS : [])];
  const identities = await api.admin("listIdentities", async (admin) => expectIdentities(await admin.get("identities", { searchParams }).json()));
  const isMatch = (identity: IdentityOrError) => !condition || identity instanceof Error || condition.isMatch(identity);
  if (!identities.every(isMatch)) throw new KratosFilterIgnoredError("listIdentities");
  // A search for an identifier returns credentials without being asked for them, but not whether they are set up.
  const isComplete = (identity: IdentityOrError) => isIncluded || (!includeCredential && "credentials" in identity);
  return identities.map((identity) => withCredentials(identity, isComplete(identity)));
}
