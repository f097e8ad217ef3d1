import { TraitsMask } from "../graphql/traits-mask.js";
import type { ApiKey } from "./auth/api-key.js";
import { readSafelist, type Safelist } from "./safelist.js";

/** What can be replaced while the server runs. */
export interface PolicyOptions {
  readonly apiKeys: readonly ApiKey[];
  /** A persisted query manifest as JSON. If set, only its operations are executed. */
  readonly safelist?: string;
  /** Paths of traits to hide from callers without `secrets:read`, e.g. `email` or `name.last`. */
  readonly traitsMask?: readonly string[];
}

/** What callers may do. A request looks up the current policy, so that a new one applies at once and to all of it. */
export interface Policy {
  readonly apiKeys: readonly ApiKey[];
  readonly safelist?: Safelist;
  readonly traitsMask?: TraitsMask;
}

/** @throws {Error} if the safelist is not a valid manifest */
export function createPolicy({ apiKeys, safelist, traitsMask = [] }: PolicyOptions): Policy {
  return {
    apiKeys,
    safelist: safelist === undefined ? undefined : readSafelist(safelist),
    traitsMask: traitsMask.length > 0 ? new TraitsMask(traitsMask) : undefined,
  };
}
