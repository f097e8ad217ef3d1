import { Field, ID, ObjectType } from "type-graphql";
import type { WireRecoveryAddress } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";

@ObjectType({ simpleResolvers: true, description: "An address through which the identity can get back into its account." })
export class RecoveryAddress {
  @Field(() => ID, { nullable: true, description: "The address's own id, where Kratos gives one." })
  id: string | null;

  @Field(() => String, { description: "The address itself, as `ann@example.com`. Newer Kratos writes it in lower case." })
  value: string;

  @Field(() => String, { description: "How it is reached: `email`, or another way that Kratos knows." })
  via: string;

  @Field(() => DateTime, { nullable: true, description: "When Kratos first had it." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt: string | null;

  static from(wire: WireRecoveryAddress): RecoveryAddress {
    return Object.assign(new RecoveryAddress(), {
      id: wire.id ?? null,
      value: wire.value,
      via: wire.via,
      createdAt: timestamp(wire.created_at),
      updatedAt: timestamp(wire.updated_at),
    } satisfies RecoveryAddress);
  }
}
