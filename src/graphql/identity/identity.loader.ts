import DataLoader from "dataloader";
import type { Kratos } from "../../kratos/index.js";
import type { BatchListener } from "../batch-listener.js";
import type { TraitsMask } from "../traits-mask/traits-mask.js";
import { Identity } from "./identity.type.js";

/**
 * Loads the identities of one request by id, all that are asked for at once together.
 * An id is null where there is no such identity, a malformed id included; one that Kratos failed on rejects alone.
 */
export function createIdentityLoader(
  kratos: Kratos,
  mask: TraitsMask | undefined,
  onBatch: BatchListener | undefined,
): DataLoader<string, Identity | null> {
  return new DataLoader(
    async (ids) => {
      onBatch?.("identity", ids.length);
      const found = await kratos.identities.find(ids);
      return ids.map((id) => {
        const identity = found.get(id);
        if (identity === undefined || identity instanceof Error) return identity ?? null;
        return Identity.from(identity, mask);
      });
    },
    { cacheKeyFn: (id) => id.toLowerCase() },
  );
}
