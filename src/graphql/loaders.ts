import DataLoader from "dataloader";
import type { IdentitySessionsQuery, Kratos, ListPage, SessionQuery, SessionRecord, WireIdentity } from "../kratos/index.js";
import { CourierMessage } from "./courier/courier-message.type.js";
import { IdentityCredential } from "./identity/credential.type.js";
import { Identity, IdentitySchema } from "./identity/identity.type.js";
import { Session } from "./session/session.type.js";
import type { TraitsMask } from "./traits-mask.js";

/** Names of the loaders, as used in metrics. */
export type LoaderName =
  | "courier_message"
  | "credentials"
  | "identity"
  | "identity_by_external_id"
  | "identity_schema"
  | "identity_sessions"
  | "session";

/** Called with the number of keys of each batch that a loader requests. */
export type BatchListener = (loader: LoaderName, size: number) => void;

export interface IdentityLoaders {
  readonly identities: DataLoader<string, Identity | null>;
  readonly identitiesByExternalId: DataLoader<string, Identity | null>;
  /** Credentials by the ID of an identity that came without them. */
  readonly credentials: DataLoader<string, IdentityCredential[] | null>;
  /** What `identities` asks for. Set by a resolver before it loads an identity, if the request selects it. */
  readonly include: { credentials: boolean };
}

/**
 * Load identities by ID, in batches, and by external ID, one by one. Null for an ID without an identity, which includes a
 * malformed one: clients discard a whole response with an error by default, which one wrong reference of another subgraph must
 * not cause. If Kratos fails for some of the IDs, only those are rejected. What one of them has found, the other one has, too.
 */
export function createIdentityLoaders(
  kratos: Kratos,
  mask: TraitsMask | undefined,
  onBatch: BatchListener | undefined,
): IdentityLoaders {
  const include = { credentials: false };
  const toType = (wire: WireIdentity): Identity => {
    const identity = Identity.from(wire, mask);
    identities.prime(identity.id, identity);
    if (identity.externalId !== null) identitiesByExternalId.prime(identity.externalId, identity);
    return identity;
  };
  const identities: IdentityLoaders["identities"] = createLoader({
    name: "identity",
    find: (ids) => kratos.identities.find(ids, include.credentials),
    toType,
    onBatch,
    cacheKeyFn: (id) => id.toLowerCase(),
  });
  const identitiesByExternalId: IdentityLoaders["identitiesByExternalId"] = createLoader({
    name: "identity_by_external_id",
    find: (externalIds) => kratos.identities.findByExternalId(externalIds, include.credentials),
    toType,
    onBatch,
  });
  const credentials: IdentityLoaders["credentials"] = createLoader({
    name: "credentials",
    find: (ids) => kratos.identities.findCredentials(ids),
    toType: (wire) => IdentityCredential.listFrom(mask ? mask.credentials(wire) : wire),
    onBatch,
    cacheKeyFn: (id) => id.toLowerCase(),
  });
  return { include, identities, identitiesByExternalId, credentials };
}

/** Ensures that the rest of the request sees an identity as a mutation left it. */
export function primeLoader(loaders: IdentityLoaders & { readonly mask: TraitsMask | undefined }, wire: WireIdentity): Identity {
  const identity = Identity.from(wire, loaders.mask);
  clearLoaders(loaders, identity.id);
  loaders.identities.prime(identity.id, identity);
  return identity;
}

/** Removes what is known of an identity, because a mutation has changed it. */
export function clearLoaders({ identities, identitiesByExternalId, credentials }: IdentityLoaders, id: string): void {
  identities.clear(id);
  credentials.clear(id);
  // The identity may have had another external ID.
  identitiesByExternalId.clearAll();
}

/** Loads identity schemas by ID, each once. Null for an ID without a schema. */
export function createIdentitySchemaLoader(kratos: Kratos, onBatch: BatchListener | undefined): DataLoader<string, IdentitySchema | null> {
  return createLoader({
    name: "identity_schema",
    find: (ids) => kratos.schemas.find(ids),
    toType: (schema, id) => Object.assign(new IdentitySchema(), { id, schema }),
    onBatch,
  });
}

/** Loads sessions by ID, each with the requested details. Null for an ID without a session. */
export function createSessionLoader(kratos: Kratos, onBatch: BatchListener | undefined): DataLoader<SessionQuery, Session | null, string> {
  return createLoader({
    name: "session",
    find: (queries) => kratos.sessions.find(queries),
    toType: (session) => new Session(session),
    onBatch,
    cacheKeyFn: ({ id, details }) => [id.toLowerCase(), ...details].join(),
  });
}

/** Loads pages of the sessions of identities. */
export function createIdentitySessionsLoader(
  kratos: Kratos,
  onBatch: BatchListener | undefined,
): DataLoader<IdentitySessionsQuery, ListPage<SessionRecord> | null, string> {
  return createLoader({
    name: "identity_sessions",
    find: (queries) => kratos.sessions.findByIdentity(queries),
    toType: (page) => page,
    onBatch,
    cacheKeyFn: (query) => JSON.stringify(query),
  });
}

/** Loads messages of the courier by ID. Null for an ID without a message. */
export function createCourierMessageLoader(
  kratos: Kratos,
  mask: TraitsMask | undefined,
  onBatch: BatchListener | undefined,
): DataLoader<string, CourierMessage | null> {
  return createLoader({
    name: "courier_message",
    find: (ids) => kratos.courier.find(ids),
    toType: (message) => new CourierMessage(message, mask),
    onBatch,
    cacheKeyFn: (id) => id.toLowerCase(),
  });
}

interface LoaderOptions<Key, CacheKey, Wire, Type> {
  readonly name: LoaderName;
  /** Returns what exists, and an error for each ID that could not be looked up. */
  readonly find: (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Wire | Error>>;
  readonly toType: (wire: Wire, key: Key) => Type;
  readonly onBatch: BatchListener | undefined;
  readonly cacheKeyFn?: (key: Key) => CacheKey;
}

function createLoader<Key, Wire, Type, CacheKey = Key>({
  name,
  find,
  toType,
  onBatch,
  cacheKeyFn,
}: LoaderOptions<Key, CacheKey, Wire, Type>): DataLoader<Key, Type | null, CacheKey> {
  return new DataLoader(
    async (keys) => {
      onBatch?.(name, keys.length);
      const found = await find(keys);
      return keys.map((key) => {
        const wire = found.get(key);
        if (wire === undefined) return null;
        return wire instanceof Error ? wire : toType(wire, key);
      });
    },
    { cacheKeyFn },
  );
}
