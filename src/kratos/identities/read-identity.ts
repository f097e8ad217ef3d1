import { readList, readObject } from "../answer.js";
import type { KratosAnswer } from "../sender.js";
import type { WireIdentity } from "../wire.js";

const KEYS = ["id", "schema_id", "schema_url", "traits"] as const;

export function readIdentity(operation: string, answer: KratosAnswer): WireIdentity {
  return readObject<WireIdentity>(operation, answer, KEYS);
}

export function readIdentities(operation: string, answer: KratosAnswer): WireIdentity[] {
  return readList<WireIdentity>(operation, answer, KEYS);
}
