import { CriticalityLevel, diff, type Change, type Rule } from "@graphql-inspector/core";
import { buildSchema } from "graphql";
import { parse } from "yaml";
import { z } from "zod";

const IntendedChanges = z.array(z.strictObject({ path: z.string(), message: z.string(), reason: z.string().min(1) }));

/** Without a key references to the type do not resolve, and without @shareable the supergraph does not compose. */
const federationBreaks: Rule = ({ changes }) =>
  changes.map((change) =>
    change.type.endsWith("_REMOVED") && /\.@(key|shareable)\b/.test(change.path ?? "")
      ? { ...change, criticality: { ...change.criticality, level: CriticalityLevel.Breaking } }
      : change,
  );

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
  // Federation's directives are defined by federation alone.
  const [before, after] = [released, next].map((sdl) => buildSchema(sdl, { assumeValidSDL: true }));
  const changes = await diff(before!, after!, [federationBreaks]);
  const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking);
  const same = (one: { path?: string; message: string }) => (other: { path?: string; message: string }) =>
    one.path === other.path && one.message === other.message;
  return {
    unintended: breaking.filter((change) => !listed.some(same(change))),
    stale: listed.filter((entry) => !breaking.some(same(entry))),
  };
}
