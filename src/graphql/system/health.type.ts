import { Field, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "Something that keeps Kratos from doing its work." })
export class HealthError {
  @Field(() => String, { description: "What it is, by Kratos' name, as `database`; `kratos` where Kratos itself cannot be reached." })
  name: string;

  @Field(() => String, { description: "What that means. The particulars are in Kratos' log." })
  message: string;
}

@ObjectType({ simpleResolvers: true, description: "How Kratos is." })
export class Health {
  @Field(() => Boolean, { description: "Whether Kratos takes requests." })
  alive: boolean;

  @Field(() => Boolean, { description: "Whether Kratos and its database can do their work." })
  ready: boolean;

  @Field(() => [HealthError], { description: "What is in the way; empty where all is well." })
  errors: HealthError[];
}
