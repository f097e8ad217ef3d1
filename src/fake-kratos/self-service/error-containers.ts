import { randomUUID } from "node:crypto";
import { microsecondsNow, zeroTime } from "../go/go-time.js";
import { uuidOrNone } from "../go/go-uuid.js";
import { KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";

/** An error kept for the page that shows it. */
export interface ErrorContainer {
  id: string;
  error: KratosError;
  at: string;
}

const stub = new KratosError(500, { reason: "This is a stub error." });

/** Keeps an error, and tells under which id it can be fetched. */
export function containError(state: KratosState, error: KratosError): string {
  const id = randomUUID();
  state.errorContainers.set(id, { id, error, at: microsecondsNow() });
  return id;
}

/** A kept error, or the documented stub of one. */
export function readErrorContainer(state: KratosState, request: KratosRequest): Reply {
  const id = state.era.errorId(request.query);
  const container = id === "stub:500" ? { id: randomUUID(), error: stub, at: zeroTime } : state.errorContainers.get(uuidOrNone(id));
  if (!container) throw state.era.noErrorContainer(request.port);
  const { error, at } = container;
  return json({ id: container.id, ...state.era.containedError(error), created_at: at, updated_at: at });
}
