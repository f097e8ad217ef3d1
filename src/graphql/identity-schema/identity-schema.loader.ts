import DataLoader from "dataloader";
import type { Kratos } from "../../kratos/index.js";
import type { BatchListener } from "../batch-listener.js";
import { IdentitySchema } from "./identity-schema.type.js";

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
