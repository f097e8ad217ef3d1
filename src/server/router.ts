import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Health, getHealth } from "../graphql/system.js";
import type { Kratos } from "../kratos/index.js";

/** How long an answer stands. Anybody may ask, and each question is two requests to Kratos. */
const READINESS_TTL_MS = 1_000;

/** @returns a function that says how Kratos is, or was at most a second ago */
export function createReadiness(kratos: Kratos): () => Promise<Health> {
  let last: { readonly health: Promise<Health>; readonly at: number } | undefined;
  return () => {
    if (!last || performance.now() - last.at > READINESS_TTL_MS) last = { health: getHealth(kratos), at: performance.now() };
    return last.health;
  };
}

/** What another service's id may look like: nothing that a log or a header would trip over. */
const ID = /^[\w.:-]{1,128}$/;

/** The request's id: the caller's X-Request-Id, or a new UUID. */
export function getRequestId({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && ID.test(given) ? given : randomUUID();
}
