import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Authorized, Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import type { WireIdentity, WireRecoveryAddress, WireVerifiableAddress } from "../../kratos/index.js";
import { DateTime, toDateTime, toEnumValue } from "../scalars.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import type { TraitsMask } from "../traits-mask.js";
import { IdentityCredential } from "./credential.type.js";

export enum IdentityState {
  ACTIVE = "active",
  INACTIVE = "inactive",
}

registerEnumType(IdentityState, {
  name: "IdentityState",
  description: "The state of an identity, which determines whether it can sign in.",
  valuesConfig: {
    ACTIVE: { description: "The identity can sign in." },
    INACTIVE: { description: "The identity cannot sign in." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An address that the owner of an identity can verify." })
export class VerifiableAddress {
  @Field(() => ID, { nullable: true, description: "ID of the address. Null if Kratos does not report it." })
  readonly id: string | null;

  @Field(() => String, { description: "The address, e.g. `ann@example.com`. Newer versions of Kratos convert it to lowercase." })
  readonly value: string;

  @Field(() => Boolean, { description: "True if the address is verified." })
  readonly verified: boolean;

  @Field(() => String, { description: "Channel of the address: `email`, or another one that Kratos defines." })
  readonly via: string;

  @Field(() => String, { description: "Status of the verification: `pending`, `sent`, `completed`, or another one that Kratos defines." })
  readonly status: string;

  @Field(() => DateTime, { nullable: true, description: "Time when the address was verified. Null if it is not verified." })
  readonly verifiedAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
  readonly updatedAt: string | null;

  constructor(wire: WireVerifiableAddress) {
    this.id = wire.id ?? null;
    this.value = wire.value;
    this.verified = wire.verified;
    this.via = wire.via;
    this.status = wire.status;
    this.verifiedAt = toDateTime(wire.verified_at);
    this.createdAt = toDateTime(wire.created_at);
    this.updatedAt = toDateTime(wire.updated_at);
  }
}

@ObjectType({ simpleResolvers: true, description: "An address that the owner of an identity can use to regain access to their account." })
export class RecoveryAddress {
  @Field(() => ID, { nullable: true, description: "ID of the address. Null if Kratos does not report it." })
  readonly id: string | null;

  @Field(() => String, { description: "The address, e.g. `ann@example.com`. Newer versions of Kratos convert it to lowercase." })
  readonly value: string;

  @Field(() => String, { description: "Channel of the address: `email`, or another one that Kratos defines." })
  readonly via: string;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
  readonly updatedAt: string | null;

  constructor(wire: WireRecoveryAddress) {
    this.id = wire.id ?? null;
    this.value = wire.value;
    this.via = wire.via;
    this.createdAt = toDateTime(wire.created_at);
    this.updatedAt = toDateTime(wire.updated_at);
  }
}

/*
 * All fields are mapped, selected or not. Getters that map on access were measured for a page of 100: without the addresses
 * they save 3 of 440 us, with the addresses they cost 30 to 80 us more, because graphql-jit reads a list several times.
 */
@Directive('@key(fields: "id")')
@Directive('@key(fields: "externalId")')
@ObjectType({ simpleResolvers: true, description: "An account in Kratos. It belongs to a user, a device or a service." })
export class Identity {
  @Field(() => ID, { description: "ID of the identity: a UUID that never changes." })
  readonly id: string;

  @Field(() => ID, {
    nullable: true,
    description: "ID of the account in another system. No two identities have the same external ID. Requires Kratos v25.4 or later. Null on earlier versions.",
  })
  readonly externalId: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "ID of the organization that the identity belongs to. Requires Kratos v1.3.8 or later. Null on earlier versions.",
  })
  readonly organizationId: string | null;

  @Field(() => String, { description: "ID of the identity schema that defines the traits." })
  readonly schemaId: string;

  @Field(() => String, { description: "URL of the identity schema, as reported by Kratos." })
  readonly schemaUrl: string;

  @Tag("personal-data")
  @Tag("traits")
  @Field(() => GraphQLJSONObject, { description: "Traits of the identity, e.g. a name and an email address, as defined by the identity schema." })
  readonly traits: object;

  @Field(() => IdentityState, {
    nullable: true,
    description: "State of the identity, which determines whether it can sign in. Requires Kratos v0.7 or later. Null on earlier versions.",
  })
  readonly state: IdentityState | null;

  @Field(() => DateTime, {
    nullable: true,
    description: "Time when `state` last changed. Requires Kratos v0.7 or later. Null on earlier versions.",
  })
  readonly stateChangedAt: string | null;

  @Tag("personal-data")
  @Field(() => [VerifiableAddress], { description: "Addresses that can be verified. Empty if the identity schema defines none." })
  readonly verifiableAddresses: VerifiableAddress[];

  @Tag("personal-data")
  @Field(() => [RecoveryAddress], { description: "Addresses that can be used to regain access to the account. Empty if the identity schema defines none." })
  readonly recoveryAddresses: RecoveryAddress[];

  @Tag("personal-data")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Custom data that the owner of the identity can read but not change. Requires Kratos v0.10 or later. Null on earlier versions.",
  })
  readonly metadataPublic: unknown;

  @Tag("admin")
  @Tag("personal-data")
  @Authorized<Scope>("secrets:read")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Custom data that only administrators can read. Requires the scope `secrets:read` and Kratos v0.10 or later. Null on earlier versions.",
    simple: false,
  })
  readonly metadataAdmin: unknown;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it. Kratos v0.6 never changes it." })
  readonly updatedAt: string | null;

  /** Credentials that the identity can sign in with. Undefined if they were not requested from Kratos: then a loader gets them. */
  readonly credentials: IdentityCredential[] | undefined;

  /** @param mask the traits to hide, if any */
  static from(wire: WireIdentity, mask: TraitsMask | undefined): Identity {
    return new Identity(mask ? mask.identity(wire) : wire);
  }

  private constructor(wire: WireIdentity) {
    this.id = wire.id;
    this.externalId = wire.external_id ?? null;
    this.organizationId = wire.organization_id ?? null;
    this.schemaId = wire.schema_id;
    this.schemaUrl = wire.schema_url;
    this.traits = (wire.traits ?? {}) as object;
    this.state = toEnumValue(IdentityState, wire.state);
    this.stateChangedAt = toDateTime(wire.state_changed_at);
    this.verifiableAddresses = (wire.verifiable_addresses ?? []).map((address) => new VerifiableAddress(address));
    this.recoveryAddresses = (wire.recovery_addresses ?? []).map((address) => new RecoveryAddress(address));
    this.credentials = wire.credentials && IdentityCredential.listFrom(wire.credentials);
    this.metadataPublic = wire.metadata_public ?? null;
    this.metadataAdmin = wire.metadata_admin ?? null;
    this.createdAt = toDateTime(wire.created_at);
    this.updatedAt = toDateTime(wire.updated_at);
  }
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "An identity schema: a JSON Schema that defines the traits of identities." })
export class IdentitySchema {
  @Field(() => ID, { description: "ID of the identity schema in the Kratos configuration, e.g. `default`." })
  id: string;

  @Field(() => GraphQLJSONObject, { description: "The JSON Schema. It defines the traits under `properties.traits`." })
  schema: object;
}
