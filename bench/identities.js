/** The identities of the upstream: a large set, and a small set as most applications have them. */
import { createHash } from "node:crypto";

/** 40 pages of 100 references that have no identity in common (see cases/lists.js). */
const LARGE_COUNT = 4_000;
const SMALL_COUNT = 500;
const SCHEMA_URL = "http://127.0.0.1:4433/schemas/ZGVmYXVsdA";
const FIRST_NAMES = ["Ada", "Amina", "Björk", "Chidi", "Dana", "Emre", "Farah", "Grace", "Hiro", "Ines"];
const LAST_NAMES = ["Abe", "Boateng", "Castro", "Dvořák", "Eriksen", "Fischer", "García", "Haddad"];

/** Kratos orders identities by ID, so in a list the small identities follow the large ones. */
const IDS = Array.from({ length: LARGE_COUNT + SMALL_COUNT }, (_, index) => uuid(`identity ${index}`)).sort();

/** About 1.1 kB each: a name, two addresses, metadata and a password. A third of the names are not ASCII. */
export const LARGE = IDS.slice(0, LARGE_COUNT).map((id, index) => {
  const { first, last, email, createdAt } = person(index);
  const stamps = { created_at: createdAt, updated_at: createdAt };
  return identity(id, createdAt, {
    state: index % 10 === 9 ? "inactive" : "active",
    traits: { email, name: { first, last } },
    addresses: {
      verifiable_addresses: [verifiableAddress(id, email, createdAt, index % 2 === 0)],
      recovery_addresses: [{ id: uuid(`recovery ${id}`), value: email, via: "email", ...stamps }],
    },
    metadataPublic: { plan: index % 3 === 0 ? "team" : "free" },
    metadataAdmin: { customer: 10_000 + index },
  });
});

/** About 0.7 kB each: a verified email address and nothing else. */
export const SMALL = IDS.slice(LARGE_COUNT).map((id, index) => {
  const { email, createdAt } = person(index);
  return identity(id, createdAt, {
    traits: { email },
    addresses: { verifiable_addresses: [verifiableAddress(id, email, createdAt, true)] },
  });
});

/** @returns the identity as Kratos answers it alone, which, unlike in a list, includes its credentials */
export function withPassword({ id, ...rest }) {
  const { traits, created_at, updated_at } = rest;
  const password = { type: "password", identifiers: [traits.email], version: 0, created_at, updated_at };
  return { id, credentials: { password }, ...rest };
}

/** An identity in a list of Kratos v26.2.0, with every key in Kratos' order. */
function identity(id, createdAt, { state = "active", traits, addresses, metadataPublic = null, metadataAdmin = null }) {
  return {
    id,
    schema_id: "default",
    schema_url: SCHEMA_URL,
    state,
    state_changed_at: createdAt.replace("Z", "816Z"),
    traits,
    ...addresses,
    metadata_public: metadataPublic,
    metadata_admin: metadataAdmin,
    created_at: createdAt,
    updated_at: createdAt,
    organization_id: null,
  };
}

function verifiableAddress(identityId, email, createdAt, verified) {
  return {
    id: uuid(`verifiable ${identityId}`),
    value: email,
    verified,
    via: "email",
    status: verified ? "completed" : "sent",
    ...(verified && { verified_at: createdAt }),
    created_at: createdAt,
    updated_at: createdAt,
  };
}

function person(index) {
  const first = FIRST_NAMES[index % FIRST_NAMES.length];
  const last = LAST_NAMES[index % LAST_NAMES.length];
  const email = `${first}.${last}.${index}@example.com`.normalize("NFD").replace(/[^\w.@-]/g, "").toLowerCase();
  const createdAt = new Date(Date.UTC(2026, 0, 1, 8) + index * 61_000).toISOString().replace("Z", "527Z");
  return { first, last, email, createdAt };
}

/** The same text always gives the same UUID, which looks like version 4. */
function uuid(text) {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
