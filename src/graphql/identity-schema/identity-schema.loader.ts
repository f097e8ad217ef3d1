import DataLoader from "dataloader";
import pMap from "p-map";
import type { Kratos } from "../../kratos/index.js";
import { nullIfNotFound } from "../errors/null-if-not-found.js";
import { IdentitySchema } from "./identity-schema.type.js";

/** Requests under way at once. Kratos gives schemas one by one. */
const CONCURRENCY = 16;

/** Loads the identity schemas of one request by id, each once; null where there is none. */
export function createIdentitySchemaLoader(kratos: Kratos): DataLoader<string, IdentitySchema | null> {
  const load = async (id: string): Promise<IdentitySchema | null | Error> => {
    try {
      const schema = await nullIfNotFound(kratos.schemas.get(id));
      return schema && Object.assign(new IdentitySchema(), { id, schema });
    } catch (error) {
      return error as Error;
    }
  };
  return new DataLoader((ids) => pMap(ids, load, { concurrency: CONCURRENCY }));
}
