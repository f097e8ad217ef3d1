import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { WireIdentity } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";
import { IdentityState, identityStateOf } from "./identity-state.js";
import { RecoveryAddress } from "./recovery-address.js";
import { VerifiableAddress } from "./verifiable-address.js";

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "A user, device or service that Kratos knows." })
export class Identity {
  @Field(() => ID, { description: "The identity's UUID. It never changes." })
  id: string;

  @Field(() => String, { description: "Id of the identity schema that the traits follow." })
  schemaId: string;

  @Field(() => String, { description: "Where Kratos serves that schema, as Kratos gives it." })
  schemaUrl: string;

  @Field(() => GraphQLJSONObject, {
    description: "What is known of the identity, say its name and addresses: an object as the identity schema describes it.",
  })
  traits: object;

  @Field(() => IdentityState, {
    nullable: true,
    description: "Whether the identity may sign in; null where Kratos does not say (before v0.7).",
  })
  state: IdentityState | null;

  @Field(() => DateTime, { nullable: true, description: "When `state` last changed." })
  stateChangedAt: string | null;

  @Field(() => [VerifiableAddress], { description: "Addresses that can be or have been proven; empty where the schema has none." })
  verifiableAddresses: VerifiableAddress[];

  @Field(() => [RecoveryAddress], { description: "Addresses that can be used for account recovery; empty where the schema has none." })
  recoveryAddresses: RecoveryAddress[];

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "What applications keep with the identity and the identity itself can see (Kratos v0.10 and newer).",
  })
  metadataPublic: unknown;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "What applications keep with the identity for administrators alone (Kratos v0.10 and newer).",
  })
  metadataAdmin: unknown;

  @Field(() => DateTime, { nullable: true, description: "When the identity was created." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the identity last changed. Kratos v0.6 leaves it at the creation." })
  updatedAt: string | null;

  static from(wire: WireIdentity): Identity {
    return Object.assign(new Identity(), {
      id: wire.id,
      schemaId: wire.schema_id,
      schemaUrl: wire.schema_url,
      traits: (wire.traits ?? {}) as object,
      state: identityStateOf(wire.state),
      stateChangedAt: timestamp(wire.state_changed_at),
      verifiableAddresses: (wire.verifiable_addresses ?? []).map(VerifiableAddress.from),
      recoveryAddresses: (wire.recovery_addresses ?? []).map(RecoveryAddress.from),
      metadataPublic: wire.metadata_public ?? null,
      metadataAdmin: wire.metadata_admin ?? null,
      createdAt: timestamp(wire.created_at),
      updatedAt: timestamp(wire.updated_at),
    } satisfies Identity);
  }
}
