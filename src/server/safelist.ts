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
  /** Returns the document of an operation. */
  find(id: string): string | undefined;
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
    find: (id) => bodies.get(id),
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
