import type { Health } from "../graphql/system/health.type.js";
import { healthOf } from "../graphql/system/health.js";
import type { Kratos } from "../kratos/index.js";

/** How long an answer stands. Anybody may ask, and each question is two requests to Kratos. */
const STANDS_MS = 1_000;

/** @returns a function that says how Kratos is, or was at most a second ago */
export function createReadiness(kratos: Kratos): () => Promise<Health> {
  let last: { readonly health: Promise<Health>; readonly at: number } | undefined;
  return () => {
    if (!last || performance.now() - last.at > STANDS_MS) last = { health: healthOf(kratos), at: performance.now() };
    return last.health;
  };
}
