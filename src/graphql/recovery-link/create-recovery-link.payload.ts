import { Field, ObjectType } from "type-graphql";
import { UserError } from "../user-error/user-error.js";
import { RecoveryLink } from "./recovery-link.type.js";

@ObjectType({ simpleResolvers: true, description: "What became of `createRecoveryLink`." })
export class CreateRecoveryLinkPayload {
  @Field(() => RecoveryLink, { nullable: true, description: "The link; null where there are user errors." })
  recoveryLink: RecoveryLink | null;

  @Field(() => [UserError], { description: "What is wrong with the input, one entry for each fault; empty where all went well." })
  userErrors: UserError[];
}
