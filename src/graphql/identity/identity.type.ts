import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Authorized, Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import type { WireIdentity, WireRecoveryAddress, WireVerifiableAddress } from "../../kratos/index.js";
import { DateTime, toEnumValue, timestamp } from "../scalars.js";
import type { Scope } from "../scopes.js";
import type { TraitsMask } from "../traits-mask/traits-mask.js";

export enum IdentityState {
  ACTIVE = "active",
  INACTIVE = "inactive",
}

registerEnumType(IdentityState, {
  name: "IdentityState",
  description: "Whether an identity may sign in.",
  valuesConfig: {
    ACTIVE: { description: "It may sign in." },
    INACTIVE: { description: "It may not sign in." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An address that the identity can prove to be its own." })
export class VerifiableAddress {
  @Field(() => ID, { nullable: true, description: "The address's own id, where Kratos gives one." })
  readonly id: string | null;

  @Field(() => String, { description: "The address itself, as `ann@example.com`. Newer Kratos writes it in lower case." })
  readonly value: string;

  @Field(() => Boolean, { description: "Whether it has been proven." })
  readonly verified: boolean;

  @Field(() => String, { description: "How it is reached: `email`, or another way that Kratos knows." })
  readonly via: string;

  @Field(() => String, { description: "How far the proof is: `pending`, `sent`, `completed`, or another step that Kratos knows." })
  readonly status: string;

  @Field(() => DateTime, { nullable: true, description: "When it was proven; null until then." })
  readonly verifiedAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When Kratos first had it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  readonly updatedAt: string | null;

  constructor(wire: WireVerifiableAddress) {
    this.id = wire.id ?? null;
    this.value = wire.value;
    this.verified = wire.verified;
    this.via = wire.via;
    this.status = wire.status;
    this.verifiedAt = timestamp(wire.verified_at);
    this.createdAt = timestamp(wire.created_at);
    this.updatedAt = timestamp(wire.updated_at);
  }
}

@ObjectType({ simpleResolvers: true, description: "An address through which the identity can get back into its account." })
export class RecoveryAddress {
  @Field(() => ID, { nullable: true, description: "The address's own id, where Kratos gives one." })
  readonly id: string | null;

  @Field(() => String, { description: "The address itself, as `ann@example.com`. Newer Kratos writes it in lower case." })
  readonly value: string;

  @Field(() => String, { description: "How it is reached: `email`, or another way that Kratos knows." })
  readonly via: string;

  @Field(() => DateTime, { nullable: true, description: "When Kratos first had it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  readonly updatedAt: string | null;

  constructor(wire: WireRecoveryAddress) {
    this.id = wire.id ?? null;
    this.value = wire.value;
    this.via = wire.via;
    this.createdAt = timestamp(wire.created_at);
    this.updatedAt = timestamp(wire.updated_at);
  }
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "A user, device or service that Kratos knows." })
export class Identity {
  @Field(() => ID, { description: "The identity's UUID. It never changes." })
  readonly id: string;

  @Field(() => String, { description: "Id of the identity schema that the traits follow." })
  readonly schemaId: string;

  @Field(() => String, { description: "Where Kratos serves that schema, as Kratos gives it." })
  readonly schemaUrl: string;

  @Field(() => GraphQLJSONObject, {
    description: "What is known of the identity, say its name and addresses: an object as the identity schema describes it.",
  })
  readonly traits: object;

  @Field(() => IdentityState, {
    nullable: true,
    description: "Whether the identity may sign in; null where Kratos does not say (before v0.7).",
  })
  readonly state: IdentityState | null;

  @Field(() => DateTime, { nullable: true, description: "When `state` last changed." })
  readonly stateChangedAt: string | null;

  @Field(() => [VerifiableAddress], { description: "Addresses that can be or have been proven; empty where the schema has none." })
  readonly verifiableAddresses: VerifiableAddress[];

  @Field(() => [RecoveryAddress], { description: "Addresses that can be used for account recovery; empty where the schema has none." })
  readonly recoveryAddresses: RecoveryAddress[];

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "What applications keep with the identity and the identity itself can see (Kratos v0.10 and newer).",
  })
  readonly metadataPublic: unknown;

  @Authorized<Scope>("secrets:read")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "What applications keep with the identity for administrators alone (Kratos v0.10 and newer).",
    simple: false,
  })
  readonly metadataAdmin: unknown;

  @Field(() => DateTime, { nullable: true, description: "When the identity was created." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the identity last changed. Kratos v0.6 leaves it at the creation." })
  readonly updatedAt: string | null;

  /** The identity as a caller sees it who does not see what is masked. */
  static from(wire: WireIdentity, mask: TraitsMask | undefined): Identity {
    return new Identity(mask ? mask.identity(wire) : wire);
  }

  private constructor(wire: WireIdentity) {
    this.id = wire.id;
    this.schemaId = wire.schema_id;
    this.schemaUrl = wire.schema_url;
    this.traits = (wire.traits ?? {}) as object;
    this.state = toEnumValue(IdentityState, wire.state);
    this.stateChangedAt = timestamp(wire.state_changed_at);
    this.verifiableAddresses = (wire.verifiable_addresses ?? []).map((address) => new VerifiableAddress(address));
    this.recoveryAddresses = (wire.recovery_addresses ?? []).map((address) => new RecoveryAddress(address));
    this.metadataPublic = wire.metadata_public ?? null;
    this.metadataAdmin = wire.metadata_admin ?? null;
    this.createdAt = timestamp(wire.created_at);
    this.updatedAt = timestamp(wire.updated_at);
  }
}
