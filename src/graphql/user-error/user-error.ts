import { Field, ObjectType } from "type-graphql";
import { UserErrorCode } from "./user-error-code.js";

@ObjectType({ simpleResolvers: true, description: "One thing that is wrong with the input of a mutation. Nothing was changed then." })
export class UserError {
  @Field(() => UserErrorCode, { description: "What kind of fault it is." })
  code: UserErrorCode;

  @Field(() => String, { description: "The fault in English, for developers; translate by `code` and `path`." })
  message: string;

  @Field(() => [String], {
    nullable: true,
    description: 'Where in the arguments the fault is, for a form to show it there: `["input", "traits", "email"]`.',
  })
  path: string[] | null;
}
