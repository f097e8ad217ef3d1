import DataLoader from "dataloader";
import type { Kratos } from "../kratos/index.js";
import { IdentitySchema } from "./identity-schema.js";
import { Identity } from "./identity/identity.type.js";
import type { TraitsMask } from "./traits-mask/traits-mask.js";

/** The loaders, by the names that metrics have for them. */
export type LoaderName = "identity" | "identity_schema";

/** Hears how many keys a loader asks for at once. */
export type BatchListener = (loader: LoaderName, size: number) => void;

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

/** Loads the identity schemas of one request by id, each once; null where there is none. */
export function createIdentitySchemaLoader(kratos: Kratos, onBatch: BatchListener | undefined): DataLoader<string, IdentitySchema | null> {
  return new DataLoader(async (ids) => {
    onBatch?.("identity_schema", ids.length);
    const found = await kratos.schemas.find(ids);
    return ids.map((id) => {
      const schema = found.get(id);
      if (schema === undefined || schema instanceof Error) return schema ?? null;
      return Object.assign(new IdentitySchema(), { id, schema });
    });
  });
}
