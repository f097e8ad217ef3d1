import DataLoader from "dataloader";
import pMap from "p-map";
import { KratosNotFoundError, type Kratos } from "../../kratos/index.js";
import { IdentitySchema } from "./identity-schema.type.js";

/** Requests under way at once. Kratos gives schemas one by one. */
const CONCURRENCY = 16;

/** Loads the identity schemas of one request by id, each once; null where there is none. */
export function createIdentitySchemaLoader(kratos: Kratos): DataLoader<string, IdentitySchema | null> {
  const load = async (id: string): Promise<IdentitySchema | null | Error> => {
    try {
      return Object.assign(new IdentitySchema(), { id, schema: await kratos.schemas.get(id) });
    } catch (error) {
      return error instanceof KratosNotFoundError ? null : (error as Error);
    }
  };
  return new DataLoader((ids) => pMap(ids, load, { concurrency: CONCURRENCY }));
}
