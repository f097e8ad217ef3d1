import { readList, readObject } from "../answer.js";
import type { KratosAnswer } from "../http.js";
import type { WireIdentity } from "../wire.js";

const KEYS = ["id", "schema_id", "schema_url", "traits"] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether an id can be an identity's. Kratos says 404 for another by itself, but 400 for all of an `ids=` that holds one. */
export function isIdentityId(id: string): boolean {
  return UUID.test(id);
}

export function readIdentity(operation: string, answer: KratosAnswer): WireIdentity {
  return readObject<WireIdentity>(operation, answer, KEYS);
}

export function readIdentities(operation: string, answer: KratosAnswer): WireIdentity[] {
  return readList<WireIdentity>(operation, answer, KEYS);
}
