import { zeroTime } from "../go/go-time.js";
import type { KratosState } from "../kratos-state.js";
import type { Identity, VerifiableAddress } from "./identity.js";
import { defaultSchemaId } from "./identity-schemas.js";

/**
 * Who sees the identity: the administrator in answer to a create, an update or a read, as one of a list,
 * or the person it belongs to.
 */
export type IdentityView = "created" | "updated" | "read" | "listed" | "own";

/** Where Kratos says an identity's schema is found. */
export const schemaUrl = ({ publicUrl, era }: KratosState, schemaId: string): string =>
  `${publicUrl}/schemas/${era.schemaUrlName(schemaId || defaultSchemaId)}`;

/** An identity as this era's Kratos writes it. */
export function identityJson(state: KratosState, identity: Identity, view: IdentityView): Record<string, unknown> {
  const { richIdentities } = state.era;
  return {
    id: identity.id,
    ...(identity.externalId === "" ? {} : { external_id: identity.externalId }),
    ...(richIdentities ? credentialsJson(identity, view) : {}),
    schema_id: identity.schemaId,
    schema_url: schemaUrl(state, identity.schemaId),
    ...(richIdentities ? { state: identity.state, state_changed_at: identity.stateChangedAt } : {}),
    traits: identity.traits,
    ...addressesJson(identity, richIdentities),
    ...(richIdentities ? metadataJson(identity, view) : {}),
    created_at: identity.createdAt,
    updated_at: identity.updatedAt,
    ...(richIdentities ? { organization_id: null } : {}),
  };
}

function credentialsJson({ password }: Identity, view: IdentityView): Record<string, unknown> {
  if (!password || view === "listed" || view === "own") return {};
  const { identifiers, createdAt, updatedAt } = password;
  const [created_at, updated_at] = view === "created" ? [zeroTime, zeroTime] : [createdAt, updatedAt];
  return { credentials: { password: { type: "password", identifiers, version: 0, created_at, updated_at } } };
}

function addressesJson(identity: Identity, hidesUnverified: boolean): Record<string, unknown> {
  const stamps = ({ createdAt, updatedAt }: { createdAt: string; updatedAt: string }) => ({ created_at: createdAt, updated_at: updatedAt });
  const verifiedAt = ({ verifiedAt: at }: VerifiableAddress) => (at === undefined && hidesUnverified ? {} : { verified_at: at ?? null });
  const verifiable = identity.verifiableAddresses.map((address) => {
    const { id, value, verified, via, status } = address;
    return { id, value, verified, via, status, ...verifiedAt(address), ...stamps(address) };
  });
  const recovery = identity.recoveryAddresses.map((address) => ({
    id: address.id,
    value: address.value,
    via: address.via,
    ...stamps(address),
  }));
  return {
    ...(verifiable.length > 0 ? { verifiable_addresses: verifiable } : {}),
    ...(recovery.length > 0 ? { recovery_addresses: recovery } : {}),
  };
}

function metadataJson({ metadataPublic, metadataAdmin }: Identity, view: IdentityView): Record<string, unknown> {
  const metadata_public = metadataPublic ?? null;
  if (view === "own") return { metadata_public };
  // An unset metadata_admin is null to a reader and left out of the answer to a writer.
  return metadataAdmin === undefined && (view === "created" || view === "updated")
    ? { metadata_public }
    : { metadata_public, metadata_admin: metadataAdmin ?? null };
}
