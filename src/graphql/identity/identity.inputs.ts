import { GraphQLJSONObject } from "graphql-scalars";
import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "What a new identity is made of." })
export class CreateIdentityInput {
  @Field(() => String, { description: "Id of the identity schema that the traits follow, as `default`." })
  schemaId: string;

  @Field(() => GraphQLJSONObject, { description: "The identity's traits, as its schema describes them." })
  traits: object;
}

@InputType({ description: "A change to an identity. What it does not name stays as it is." })
export class UpdateIdentityInput {
  @Field(() => ID, { description: "The identity's id." })
  id: string;

  @Field(() => String, { nullable: true, description: "Id of the identity schema to move the identity to; left out, it keeps its own." })
  schemaId?: string | null;

  @Field(() => GraphQLJSONObject, { description: "All of the identity's traits as they shall be; they replace the present ones." })
  traits: object;
}

@InputType({ description: "Which identity to delete." })
export class DeleteIdentityInput {
  @Field(() => ID, { description: "The identity's id." })
  id: string;
}
