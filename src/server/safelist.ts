import type { PersistedQueryOptions } from "@apollo/server";
import * as z from "zod";
import { HttpError } from "./http-error.js";

/** A manifest of `generate-persisted-query-manifest`; of each operation only the properties used here. */
const MANIFEST = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** The only operations that the server executes. */
export interface Safelist {
  /** The operations by ID, where Apollo Server looks for persisted queries. */
  readonly cache: NonNullable<PersistedQueryOptions["cache"]>;
  /**
   * @param query the request's document; undefined if it refers to an operation by ID
   * @throws {HttpError} if the document is not on the list
   */
  assertListed(query: unknown): void;
}

/**
 * @param manifest text of a manifest
 * @throws {Error} if it is not a valid manifest; the message continues "must be …"
 */
export function readSafelist(manifest: string): Safelist {
  const { success, data } = MANIFEST.safeParse(parseJson(manifest));
  if (!success) {
    throw new Error('a manifest of generate-persisted-query-manifest: {"format": "apollo-persisted-query-manifest", "version": 1, "operations": […]}');
  }
  const bodies = new Map(data.operations.map(({ id, body }) => [id, body]));
  const listed = new Set(bodies.values());
  return {
    // Read-only: callers cannot register operations.
    cache: { get: async (key) => bodies.get(key.replace(/^apq:/, "")), set: async () => {}, delete: async () => false },
    assertListed(query) {
      if (query === undefined || listed.has(String(query))) return;
      throw new HttpError(400, "OPERATION_NOT_ON_SAFELIST", "The operation is not on this server's safelist. Only operations on the safelist are executed.");
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
