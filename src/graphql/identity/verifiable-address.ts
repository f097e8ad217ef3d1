import { Field, ID, ObjectType } from "type-graphql";
import type { WireVerifiableAddress } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";

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
