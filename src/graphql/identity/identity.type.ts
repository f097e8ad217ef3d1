import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Authorized, Directive, Field, ID, ObjectType } from "type-graphql";
import type { WireIdentity } from "../../kratos/index.js";
import type { TraitsMask } from "../traits-mask/traits-mask.js";
import { memberOf } from "../member-of.js";
import type { Scope } from "../authorization/scope.js";
import { DateTime, timestamp } from "../scalars/date-time.js";
import { IdentityState } from "./identity-state.js";
import { RecoveryAddress } from "./recovery-address.js";
import { VerifiableAddress } from "./verifiable-address.js";

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
    this.state = memberOf(IdentityState, wire.state);
    this.stateChangedAt = timestamp(wire.state_changed_at);
    this.verifiableAddresses = (wire.verifiable_addresses ?? []).map((address) => new VerifiableAddress(address));
    this.recoveryAddresses = (wire.recovery_addresses ?? []).map((address) => new RecoveryAddress(address));
    this.metadataPublic = wire.metadata_public ?? null;
    this.metadataAdmin = wire.metadata_admin ?? null;
    this.createdAt = timestamp(wire.created_at);
    this.updatedAt = timestamp(wire.updated_at);
  }
}
