import type { WireIdentity } from "../wire.js";

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
