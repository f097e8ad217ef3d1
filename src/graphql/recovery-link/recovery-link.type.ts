import { Field, ObjectType } from "type-graphql";
import type { WireRecoveryLink } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";

@ObjectType({ simpleResolvers: true, description: "A link that lets a user back into their account. Whoever has it is that user." })
export class RecoveryLink {
  @Field(() => String, { description: "The link. It works once." })
  url: string;

  @Field(() => DateTime, { nullable: true, description: "Until when it works." })
  expiresAt: string | null;

  static from({ recovery_link, expires_at }: WireRecoveryLink): RecoveryLink {
    return Object.assign(new RecoveryLink(), { url: recovery_link, expiresAt: timestamp(expires_at) });
  }
}
