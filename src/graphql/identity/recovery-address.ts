import { Field, ID, ObjectType } from "type-graphql";
import type { WireRecoveryAddress } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";

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
