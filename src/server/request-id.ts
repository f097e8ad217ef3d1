import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** What another service's id may look like: nothing that a log or a header would trip over. */
const ID = /^[\w.:-]{1,128}$/;

/** The request's id: the caller's X-Request-Id, or a new UUID. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && ID.test(given) ? given : randomUUID();
}
