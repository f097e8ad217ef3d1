import type { Change } from "@graphql-inspector/core";
import { parse } from "yaml";
import { z } from "zod";
import { findBreakingChanges } from "../src/commands/schema.js";

const IntendedChanges = z.array(z.strictObject({ path: z.string(), message: z.string(), reason: z.string().min(1) }));

export interface BreakingChanges {
  /** What the new schema breaks and nobody intends. */
  readonly unintended: readonly Change[];
  /** What is listed as intended, and not so. */
  readonly stale: z.infer<typeof IntendedChanges>;
}

/**
 * What a new schema breaks of the last release's.
 * @param released the last release's SDL
 * @param next the new SDL
 * @param intended the list of intended changes, as YAML
 */
export async function breakingChanges(released: string, next: string, intended: string): Promise<BreakingChanges> {
  const listed = IntendedChanges.parse(parse(intended));
  const breaking = await findBreakingChanges(released, next);
  const same = (one: { path?: string; message: string }) => (other: { path?: string; message: string }) =>
    one.path === other.path && one.message === other.message;
  return {
    unintended: breaking.filter((change) => !listed.some(same(change))),
    stale: listed.filter((entry) => !breaking.some(same(entry))),
  };
}
