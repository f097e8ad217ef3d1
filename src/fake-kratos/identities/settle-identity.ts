import { randomUUID } from "node:crypto";
import { microsecondsNow } from "../go/go-time.js";
import { badRequest, KratosError } from "../http/kratos-error.js";
import type { KratosState } from "../kratos-state.js";
import type { Identity } from "./identity.js";
import { identitySchema, traitLeaves } from "./identity-schemas.js";
import { traitFaults } from "./trait-faults.js";

/** Validates an identity, derives from its traits what Kratos derives, and saves it; `traits: undefined` means the body had none. */
export function settleIdentity(state: KratosState, draft: Identity, during: "create" | "update"): Identity {
  const schema = identitySchema(draft.schemaId);
  if (!schema) throw badRequest(`Unable to find JSON Schema ID: ${draft.schemaId}`);
  const traits = draft.traits === undefined ? state.era.withoutTraits : draft.traits;
  if (traits instanceof KratosError) throw traits;
  const faults = traitFaults(schema, traits);
  if (faults) throw badRequest(faults.report);

  const identity = withDerivedParts({ ...draft, traits }, state);
  const constraint = state.identities.conflictOf(identity);
  if (constraint) throw state.era.conflict(during, constraint);
  state.identities.save(identity);
  return identity;
}

function withDerivedParts(identity: Identity, { era }: KratosState): Identity {
  const schema = identitySchema(identity.schemaId);
  const leaves = schema ? traitLeaves(schema, identity.traits).filter((leaf) => typeof leaf.value === "string") : [];
  const valuesOf = (wanted: (extension: NonNullable<(typeof leaves)[number]["schema"]["ory.sh/kratos"]>) => boolean): string[] => [
    ...new Set(leaves.filter((leaf) => wanted(leaf.schema["ory.sh/kratos"] ?? {})).map((leaf) => leaf.value as string)),
  ];
  const now = microsecondsNow();
  const created = { createdAt: now, updatedAt: now };
  const identifiers = valuesOf((extension) => extension.credentials?.password?.identifier === true).map((value) => value.toLowerCase());
  return {
    ...identity,
    // An address keeps its id and its verification for as long as its value stays.
    verifiableAddresses: valuesOf((extension) => extension.verification?.via === "email")
      .map((value) => era.addressValue(value))
      .map(
        (value) =>
          identity.verifiableAddresses.find((address) => address.value === value) ?? {
            id: randomUUID(),
            value,
            verified: false,
            via: "email",
            status: "pending",
            ...created,
          },
      ),
    recoveryAddresses: valuesOf((extension) => extension.recovery?.via === "email")
      .map((value) => era.addressValue(value))
      .map(
        (value) =>
          identity.recoveryAddresses.find((address) => address.value === value) ?? { id: randomUUID(), value, via: "email", ...created },
      ),
    // A change to a schema without identifiers leaves the old ones, and nobody else can have them.
    ...(identifiers.length > 0 ? { password: { createdAt: now, ...identity.password, identifiers, updatedAt: now } } : {}),
  };
}
