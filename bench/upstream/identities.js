import { createHash } from "node:crypto";

/** More than the 500 pages that the paging case walks. */
const COUNT = 512;
const SCHEMA_URL = "http://127.0.0.1:4433/schemas/ZGVmYXVsdA";
const FIRST = ["Ada", "Amina", "Björk", "Chidi", "Dana", "Emre", "Farah", "Grace", "Hiro", "Ines"];
const LAST = ["Abe", "Boateng", "Castro", "Dvořák", "Eriksen", "Fischer", "García", "Haddad"];

/** The same text always gives the same UUID (version 4 by its looks). */
function uuidOf(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** An identity as a list of Kratos v26.2.0 has it: every key, in Kratos' order. */
function identityOf(id, index) {
  const first = FIRST[index % FIRST.length];
  const last = LAST[index % LAST.length];
  const email = `${first}.${last}.${index}@example.com`.normalize("NFD").replace(/[^\w.@-]/g, "").toLowerCase();
  const created_at = new Date(Date.UTC(2026, 0, 1, 8) + index * 61_000).toISOString().replace("Z", "527Z");
  const updated_at = created_at;
  const verified = index % 2 === 0;
  return {
    id,
    schema_id: "default",
    schema_url: SCHEMA_URL,
    state: index % 10 === 9 ? "inactive" : "active",
    state_changed_at: created_at.replace("Z", "816Z"),
    traits: { email, name: { first, last } },
    verifiable_addresses: [
      {
        id: uuidOf(`verifiable ${index}`),
        value: email,
        verified,
        via: "email",
        status: verified ? "completed" : "sent",
        ...(verified && { verified_at: created_at }),
        created_at,
        updated_at,
      },
    ],
    recovery_addresses: [{ id: uuidOf(`recovery ${index}`), value: email, via: "email", created_at, updated_at }],
    metadata_public: { plan: index % 3 === 0 ? "team" : "free" },
    metadata_admin: { customer: 10_000 + index },
    created_at,
    updated_at,
    organization_id: null,
  };
}

/** What a single identity has more than one in a list. */
export function withCredentials({ id, ...rest }) {
  const { traits, created_at, updated_at } = rest;
  const password = { type: "password", identifiers: [traits.email], version: 0, created_at, updated_at };
  return { id, credentials: { password }, ...rest };
}

/** Ascending, as Kratos keeps them. */
const IDENTITY_IDS = Array.from({ length: COUNT }, (_, index) => uuidOf(`identity ${index}`)).sort();

/** All identities, ascending by id. */
export const IDENTITIES = IDENTITY_IDS.map(identityOf);
