import type { Release } from "../release.js";
import type { Upstream } from "../upstream.js";
import type { WireIdentity } from "../wire.js";
import { listByKey } from "./list-by-key.js";
import { listByNumber } from "./list-by-number.js";

/** A place in the list: right after this identity. */
export interface PagePosition {
  /** The identity's UUID. */
  readonly id: string;
  /** Its place from 0, where the release counts; a hint, as identities come and go. */
  readonly index?: number;
}

export interface IdentityPage {
  readonly identities: readonly WireIdentity[];
  /** The place of the first one from 0, where the release counts. */
  readonly firstIndex?: number;
  readonly hasNextPage: boolean;
}

/** One page. The order is Kratos' own: by id, ascending from v1.1 on and descending before. */
export function listIdentities(
  upstream: Upstream,
  release: Release,
  first: number,
  after?: PagePosition,
): Promise<IdentityPage> {
  return (release.features.keysetPages ? listByKey : listByNumber)(upstream, release, first, after);
}
