import { Field, ID, InputType } from "type-graphql";
import { Duration } from "../scalars/duration.js";

@InputType({ description: "Whom a recovery link is for." })
export class CreateRecoveryLinkInput {
  @Field(() => ID, { description: "The identity's id." })
  identityId: string;

  @Field(() => Duration, { nullable: true, description: "How long the link works; as Kratos is configured where it is left out." })
  expiresIn?: string | null;
}
