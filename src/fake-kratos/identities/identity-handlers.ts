import { randomUUID } from "node:crypto";
import { decodeBody } from "../go/go-struct.js";
import { microsecondsNow, nanosecondsNow } from "../go/go-time.js";
import { uuidOrNone } from "../go/go-uuid.js";
import { badRequest, noSuchRow } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, noContent, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import type { Identity, VerifiableAddress } from "./identity.js";
import { identityJson, schemaUrl } from "./identity-json.js";
import { defaultSchemaId } from "./identity-schemas.js";
import { settleIdentity } from "./settle-identity.js";

/** The fields of a body that both creates and updates know. */
interface IdentityBody {
  schema_id?: string | null;
  traits?: unknown;
  state?: string | null;
  metadata_public?: unknown;
  metadata_admin?: unknown;
  external_id?: string | null;
  verifiable_addresses?: { value: string; verified?: boolean; status?: VerifiableAddress["status"]; verified_at?: string }[] | null;
}

/** The identity that a path names. */
export function identityOf(state: KratosState, request: KratosRequest): Identity {
  const identity = state.identities.find(uuidOrNone(request.params["id"] ?? ""));
  if (!identity) throw noSuchRow();
  return identity;
}

export const isIdentityState = (text: string): boolean => text === "active" || text === "inactive";

function checkedState(wanted: string | null | undefined, current: string): string {
  const chosen = wanted || current;
  if (!isIdentityState(chosen)) throw badRequest("identity state is not valid");
  return chosen;
}

export const readIdentity = (state: KratosState, request: KratosRequest): Reply =>
  json(identityJson(state, identityOf(state, request), "read"));

export function createIdentity(state: KratosState, request: KratosRequest): Reply {
  const body: IdentityBody = decodeBody(request, state.era.createBody);
  const draft: Identity = {
    ...newIdentity(body.schema_id ?? "", body.traits),
    ...optionalParts(body),
    state: checkedState(body.state, "active"),
    verifiableAddresses: importedAddresses(body),
  };
  const identity = settleIdentity(state, draft, "create");
  return json(identityJson(state, identity, "created"), 201, { location: `${state.adminUrl}/identities/${identity.id}` });
}

/** Addresses that are verified already; those the traits do not have as well are dropped. */
const importedAddresses = ({ verifiable_addresses: addresses }: IdentityBody): VerifiableAddress[] =>
  (addresses ?? []).map(({ value, verified = false, status = "pending", verified_at: verifiedAt }) => {
    const now = microsecondsNow();
    return { id: randomUUID(), value: value.toLowerCase(), verified, via: "email", status, verifiedAt, createdAt: now, updatedAt: now };
  });

/** An identity with nothing but a schema and traits. */
export function newIdentity(schemaId: string, traits: unknown): Identity {
  const now = microsecondsNow();
  return {
    id: randomUUID(),
    schemaId: schemaId || defaultSchemaId,
    traits,
    state: "active",
    stateChangedAt: nanosecondsNow(),
    externalId: "",
    metadataPublic: null,
    metadataAdmin: undefined,
    verifiableAddresses: [],
    recoveryAddresses: [],
    createdAt: now,
    updatedAt: now,
  };
}

const optionalParts = (body: IdentityBody): Pick<Identity, "metadataPublic" | "metadataAdmin" | "externalId"> => ({
  metadataPublic: body.metadata_public ?? null,
  metadataAdmin: body.metadata_admin,
  externalId: body.external_id ?? "",
});

export function updateIdentity(state: KratosState, request: KratosRequest): Reply {
  const body: IdentityBody = decodeBody(request, state.era.updateBody);
  const before = identityOf(state, request);
  const wantedState = checkedState(body.state, before.state);
  const identity = settleIdentity(
    state,
    {
      ...before,
      ...optionalParts(body), // what a PUT does not name is gone
      schemaId: body.schema_id || before.schemaId,
      traits: body.traits,
      state: wantedState,
      stateChangedAt: wantedState === before.state ? before.stateChangedAt : nanosecondsNow(),
      updatedAt: microsecondsNow(),
    },
    "update",
  );
  // The answer to an update names the schema the identity had before.
  return json({ ...identityJson(state, identity, "updated"), schema_url: schemaUrl(state, before.schemaId) });
}

export function deleteIdentity(state: KratosState, request: KratosRequest): Reply {
  if (!state.identities.remove(identityOf(state, request).id)) throw noSuchRow();
  return noContent();
}
