import type { PersistedQueryOptions } from "@apollo/server";
import * as z from "zod";
import { HttpError } from "./http-error.js";

/** What `generate-persisted-query-manifest` writes; of each operation the two keys that count here. */
const MANIFEST = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** The operations that alone are answered. */
export interface Safelist {
  /** The operations by their ids, in the place where Apollo Server looks for persisted queries. */
  readonly cache: NonNullable<PersistedQueryOptions["cache"]>;
  /** @throws {HttpError} where a request brings an operation's text that is not on the list */
  check(text: unknown): void;
}

/**
 * @param manifest a file's text
 * @throws {Error} that says what the file should be
 */
export function readSafelist(manifest: string): Safelist {
  const { success, data } = MANIFEST.safeParse(parse(manifest));
  if (!success) {
    throw new Error('a manifest as generate-persisted-query-manifest writes it: {"format": "apollo-persisted-query-manifest", "version": 1, "operations": […]}');
  }
  const byId = new Map(data.operations.map(({ id, body }) => [id, body]));
  const bodies = new Set(byId.values());
  return {
    // Nobody adds to the list.
    cache: { get: async (key) => byId.get(key.replace(/^apq:/, "")), set: async () => {}, delete: async () => false },
    check(text) {
      if (text === undefined || bodies.has(String(text))) return;
      throw new HttpError(400, "OPERATION_NOT_ON_SAFELIST", "This server answers only the operations of its list, and this is none of them.");
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
