import { badRequest, KratosError } from "./errors.js";
import { createIdentity, type CreateBody, type Identities } from "./identities.js";
import type { KratosResponse, Routes } from "./server.js";

interface Batch {
  readonly identities: readonly { readonly create: CreateBody }[];
}

const MAX_SIZE = 1_000;

const CONFLICT = new KratosError(409, { message: "Unable to insert or update resource because a resource with that value exists already" });

/** Creates many identities at once, as v26 does. */
export function batchRoutes(identities: Identities): Routes {
  return { "PATCH /identities": ({ body }) => createAll(identities, body as Batch) };
}

/** What is wrong with one identity is in its place. A conflict of the only valid one refuses the whole batch. */
function createAll(identities: Identities, batch: Batch): KratosResponse {
  if (batch.identities.length > MAX_SIZE) {
    throw badRequest(`The maximum number of identities per request that can be created or deleted at once is ${MAX_SIZE}.`);
  }
  const results = batch.identities.map(({ create }) => {
    try {
      return { action: "create", identity: createIdentity(identities, create).id };
    } catch (error) {
      if (!(error instanceof KratosError)) throw error;
      return { action: "error", error: error.code === 409 ? CONFLICT : error };
    }
  });
  const valid = results.filter(({ error }) => !error || error === CONFLICT);
  if (valid.length === 1 && valid[0]!.error) throw CONFLICT;
  return { json: { identities: results } };
}
