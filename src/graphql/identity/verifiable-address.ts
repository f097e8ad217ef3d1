import { Field, ID, ObjectType } from "type-graphql";
import type { WireVerifiableAddress } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";

@ObjectType({ simpleResolvers: true, description: "An address that the identity can prove to be its own." })
export class VerifiableAddress {
  @Field(() => ID, { nullable: true, description: "The address's own id, where Kratos gives one." })
  id: string | null;

  @Field(() => String, { description: "The address itself, as `ann@example.com`. Newer Kratos writes it in lower case." })
  value: string;

  @Field(() => Boolean, { description: "Whether it has been proven." })
  verified: boolean;

  @Field(() => String, { description: "How it is reached: `email`, or another way that Kratos knows." })
  via: string;

  @Field(() => String, { description: "How far the proof is: `pending`, `sent`, `completed`, or another step that Kratos knows." })
  status: string;

  @Field(() => DateTime, { nullable: true, description: "When it was proven; null until then." })
  verifiedAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When Kratos first had it." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt: string | null;

  static from(wire: WireVerifiableAddress): VerifiableAddress {
    return Object.assign(new VerifiableAddress(), {
      id: wire.id ?? null,
      value: wire.value,
      verified: wire.verified,
      via: wire.via,
      status: wire.status,
      verifiedAt: timestamp(wire.verified_at),
      createdAt: timestamp(wire.created_at),
      updatedAt: timestamp(wire.updated_at),
    } satisfies VerifiableAddress);
  }
}
