import { nanosecondsNow, microsecondsNow } from "../go/go-time.js";
import { jsonType } from "../go/go-struct.js";
import { KratosError } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import { identityOf, isIdentityState } from "./identity-handlers.js";
import { identityJson } from "./identity-json.js";
import { applyPatch, JsonPatchError, parsePatch } from "./json-patch.js";
import { settleIdentity } from "./settle-identity.js";

/** The parts of an identity's JSON that a patch can change. */
interface PatchedIdentity {
  schema_id?: string;
  schema_url?: string;
  state?: string;
  state_changed_at?: string;
  external_id?: string | null;
  created_at?: string;
  traits?: unknown;
  metadata_public?: unknown;
  metadata_admin?: unknown;
  verifiable_addresses?: { id: string; verified: boolean; status: "pending" | "sent" | "completed" }[];
}

const patchFault = (message: string, reason = "An error occured when applying the JSON patch"): KratosError =>
  new KratosError(400, { reason, message });

/** PATCH of an identity: the operations are applied to what a reader would see. */
export function patchIdentity(state: KratosState, request: KratosRequest): Reply {
  const before = identityOf(state, request);
  const patched = patchedJson(identityJson(state, before, "read"), request.body);
  const wantedState = patched.state ?? "";
  if (wantedState !== before.state && !isIdentityState(wantedState)) {
    throw patchFault(
      "identity state is not valid",
      `The supplied state ('${wantedState}') was not valid. Valid states are ('active', 'inactive').`,
    );
  }
  const identity = settleIdentity(
    state,
    {
      ...before,
      schemaId: patched.schema_id ?? "",
      traits: patched.traits,
      state: wantedState,
      stateChangedAt: wantedState === before.state ? (patched.state_changed_at ?? "") : nanosecondsNow(),
      externalId: patched.external_id ?? "",
      metadataPublic: patched.metadata_public,
      metadataAdmin: patched.metadata_admin ?? undefined,
      verifiableAddresses: before.verifiableAddresses.map((address) => {
        const { verified, status } = patched.verifiable_addresses?.find(({ id }) => id === address.id) ?? address;
        const verifiedAt = verified ? (address.verifiedAt ?? nanosecondsNow()) : undefined;
        return { ...address, verified, status, verifiedAt };
      }),
      createdAt: patched.created_at ?? before.createdAt,
      updatedAt: microsecondsNow(),
    },
    "update",
  );
  // The schema's address is part of what was patched, and so still the old one.
  return json({ ...identityJson(state, identity, "updated"), schema_url: patched.schema_url });
}

function patchedJson(document: Record<string, unknown>, body: string): PatchedIdentity {
  try {
    const patched = applyPatch(document, parsePatch(body));
    for (const field of ["schema_id", "state", "external_id"]) {
      const value = patched[field];
      if (value !== undefined && value !== null && typeof value !== "string") {
        throw new JsonPatchError(
          `json: cannot unmarshal ${jsonType(value)} into Go struct field WithCredentialsAndAdminMetadataInJSON.${field} of type ${field === "state" ? "identity.State" : "string"}`,
        );
      }
    }
    return patched;
  } catch (error) {
    throw error instanceof JsonPatchError ? patchFault(error.message) : error;
  }
}
