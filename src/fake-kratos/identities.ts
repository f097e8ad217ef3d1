import { createHash, randomUUID } from "node:crypto";
import { getAccounts } from "./credentials.js";
import { badRequest, notFound } from "./errors.js";
import { listIdentities } from "./identity-list.js";
import type { Profile } from "./profile.js";
import { getEmails, getSchema, validateTraits } from "./schemas.js";
import type { KratosResponse, Routes } from "./server.js";
import { timestamp } from "./time.js";

/** An address that access can be recovered through. */
export interface Address {
  readonly id: string;
  readonly value: string;
  readonly via: "email";
  readonly created_at: string;
  readonly updated_at: string;
}

/** An address that can be verified. */
export interface VerifiableAddress extends Address {
  readonly verified: boolean;
  readonly status: "pending" | "completed";
  readonly verified_at?: string;
}

/** What a new identity is made of. */
export interface NewIdentity {
  readonly schema_id: string;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly state?: "active" | "inactive";
  readonly metadata_public?: unknown;
  readonly metadata_admin?: unknown;
  readonly organization_id?: string | null;
  /** ID in another system. Missing if there is none. */
  readonly external_id?: string;
}

/** What a new identity can sign in with. */
export interface NewCredentials {
  readonly password?: { readonly config: { readonly password?: string; readonly hashed_password?: string } };
  readonly totp?: { readonly config: { readonly totp_url: string } };
  readonly lookup_secret?: { readonly config: { readonly recovery_codes: readonly { readonly code: string }[] } };
  readonly oidc?: { readonly config: { readonly providers: readonly { readonly provider: string; readonly subject: string }[] } };
}

/** An identity, as v26 shows it. */
export interface Identity extends Required<Omit<NewIdentity, "external_id">>, Pick<NewIdentity, "external_id"> {
  readonly id: string;
  readonly schema_url: string;
  readonly state_changed_at: string;
  readonly verifiable_addresses: readonly VerifiableAddress[];
  readonly recovery_addresses: readonly Address[];
  readonly created_at: string;
  readonly updated_at: string;
}

/** What users see of their own identity. */
export const withoutAdminMetadata = ({ metadata_admin: _, ...identity }: Identity): object => identity;

/** All identities of one fake Kratos, in memory. */
export class Identities {
  readonly #byId = new Map<string, Identity>();
  /** What identities sign in with, by their IDs. */
  readonly #identifiers = new Map<string, readonly string[]>();
  /** Their secrets, by their IDs. */
  readonly #credentials = new Map<string, NewCredentials>();

  constructor(
    private readonly profile: Profile,
    private readonly publicUrl: string,
  ) {}

  get size(): number {
    return this.#byId.size;
  }

  /** In ascending order of ID, which says nothing about the time of creation. */
  sorted(): Identity[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  find(id: string): Identity | undefined {
    return this.#byId.get(id.toLowerCase());
  }

  /** What an identity signs in with, by the type of its credentials. */
  identifiersOf({ id }: Identity): Readonly<Record<"password" | "oidc", readonly string[]>> {
    return { password: this.#identifiers.get(id) ?? [], oidc: getAccounts(this.#credentials.get(id) ?? {}) };
  }

  /** @throws {KratosError} if it does not exist */
  get(id: string): Identity {
    const identity = this.find(id);
    if (!identity) throw notFound();
    return identity;
  }

  /** The credentials of an identity. */
  getCredentials(id: string): NewCredentials | undefined {
    return this.#credentials.get(id);
  }

  setCredentials(id: string, credentials: NewCredentials): void {
    this.#credentials.set(id, credentials);
  }

  /** @throws {KratosError} if the traits are invalid, or something of it belongs to another identity */
  create(fields: NewIdentity & Partial<Identity>, credentials: NewCredentials = {}): Identity {
    const now = timestamp();
    const accounts = getAccounts(credentials);
    const taken = [...this.#credentials.values()].flatMap(getAccounts);
    if (accounts.some((account) => taken.includes(account))) throw this.profile.conflict;
    const identity = this.#save({
      id: randomUUID(),
      state: "active",
      state_changed_at: now,
      metadata_public: null,
      metadata_admin: null,
      organization_id: null,
      verifiable_addresses: [],
      recovery_addresses: [],
      created_at: now,
      updated_at: now,
      ...fields,
    });
    this.#credentials.set(identity.id, credentials);
    return identity;
  }

  /** Replaces the given fields. @throws {KratosError} as {@link create} does */
  update(before: Identity, change: Partial<Identity>): Identity {
    const now = timestamp();
    const stateChange = change.state !== undefined && change.state !== before.state ? { state_changed_at: now } : {};
    return this.#save({ ...before, updated_at: now, ...stateChange, ...change });
  }

  delete(id: string): void {
    const identity = this.get(id);
    this.#identifiers.delete(identity.id);
    this.#credentials.delete(identity.id);
    this.#byId.delete(identity.id);
  }

  /** Validates an identity, derives from its traits what Kratos derives, and keeps it. */
  #save(draft: Omit<Identity, "schema_url">): Identity {
    const schema = getSchema(draft.schema_id);
    const report = validateTraits(schema, draft.traits);
    if (report) throw badRequest(report);

    const addresses = getEmails(schema, draft.traits).map(this.profile.toAddress);
    const identifiers = addresses.map((address) => address.toLowerCase());
    const taken = [...this.#identifiers].flatMap(([id, others]) => (id === draft.id ? [] : others));
    if (identifiers.some((identifier) => taken.includes(identifier))) throw this.profile.conflict;
    const { external_id } = draft;
    if (external_id && [...this.#byId.values()].some((other) => other.id !== draft.id && other.external_id === external_id)) throw this.profile.conflict;
    // An identity that moves to a schema without identifiers keeps its old ones, and nobody else can have them.
    if (identifiers.length > 0) this.#identifiers.set(draft.id, identifiers);

    const identity: Identity = {
      ...draft,
      schema_url: `${this.publicUrl}/schemas/${this.profile.schemaSegment(draft.schema_id)}`,
      // An address keeps its ID and its verification for as long as its value stays the same.
      verifiable_addresses: addresses.map((value) => {
        const kept = draft.verifiable_addresses.find((address) => address.value === value);
        return kept ?? { ...newAddress("verifiable", value, draft), verified: false, status: "pending" };
      }),
      recovery_addresses: addresses.map((value) => {
        return draft.recovery_addresses.find((address) => address.value === value) ?? newAddress("recovery", value, draft);
      }),
    };
    this.#byId.set(identity.id, identity);
    return identity;
  }
}

/** Its ID follows from its identity's, so that the sample identities are the same at every start. */
function newAddress(kind: string, value: string, { id, updated_at }: Pick<Identity, "id" | "updated_at">): Address {
  return { id: toUuid(`${id} ${kind} ${value}`), value, via: "email", created_at: updated_at, updated_at };
}

/** Returns the same UUID for the same name. It looks like a random one. */
export function toUuid(name: string): string {
  return createHash("sha256").update(name).digest("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-a$4-$5");
}

/**
 * What v26 serves at `/identities`. The facade only sends what is answered here, e.g. patches that replace whole fields.
 * @param toJson how this version represents an identity
 */
export function identityRoutes(identities: Identities, toJson: (identity: Identity) => object): Routes {
  return {
    "GET /identities": ({ query }) => listIdentities(identities, query),
    "POST /identities": ({ body }) => ({ status: 201, json: toJson(createIdentity(identities, body as CreateBody)) }),
    "GET /identities/by/external/:id": ({ id }) => {
      const identity = identities.sorted().find(({ external_id }) => external_id === id);
      if (!identity) throw notFound();
      return { json: toJson(identity) };
    },
    "GET /identities/:id": ({ id }) => ({ json: toJson(identities.get(id)) }),
    "PATCH /identities/:id": ({ id, body }) => updateIdentity(identities, id, toChange(identities.get(id), body as PatchOperation[]), toJson),
    "DELETE /identities/:id": ({ id }) => {
      identities.delete(id);
      return { status: 204 };
    },
  };
}

/** The body of a request that creates an identity. */
export interface CreateBody extends NewIdentity {
  readonly verifiable_addresses?: readonly { readonly value: string; readonly verified: boolean }[];
  readonly recovery_addresses?: readonly object[];
  readonly credentials?: NewCredentials;
}

/** Addresses that the schema does not have vanish, and all others are added, as in every version. */
export function createIdentity(identities: Identities, { verifiable_addresses = [], recovery_addresses: _, credentials, ...fields }: CreateBody): Identity {
  const id = randomUUID();
  const now = timestamp();
  const verified = verifiable_addresses
    .filter((address) => address.verified)
    .map(({ value }) => ({ ...newAddress("verifiable", value.toLowerCase(), { id, updated_at: now }), verified: true, status: "completed" as const, verified_at: now }));
  return identities.create({ ...fields, id, verifiable_addresses: verified }, credentials);
}

interface PatchOperation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** The fields that a patch sets. An address that is inserted comes before an equal one, which is then ignored. */
function toChange({ verifiable_addresses }: Identity, operations: readonly PatchOperation[]): Partial<Identity> {
  const fields = operations.map(({ op, path, value }) => {
    if (op === "add" && path === "/verifiable_addresses/0") return ["verifiable_addresses", [value, ...verifiable_addresses]];
    return [path.slice(1), path === "/external_id" ? value || undefined : value];
  });
  return Object.fromEntries(fields) as Partial<Identity>;
}

/** The response to an update still has the `schema_url` that the identity had before. */
export function updateIdentity(
  identities: Identities,
  id: string,
  change: Partial<Identity>,
  toJson: (identity: Identity) => object,
): KratosResponse {
  const before = identities.get(id);
  return { json: { ...toJson(identities.update(before, change)), schema_url: before.schema_url } };
}
