import { GraphQLJSONObject } from "graphql-scalars";
import { Directive, Field, ID, ObjectType } from "type-graphql";

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "A JSON Schema that says which traits an identity has." })
export class IdentitySchema {
  @Field(() => ID, { description: "The schema's id in Kratos' configuration, as `default`." })
  id: string;

  @Field(() => GraphQLJSONObject, { description: "The JSON Schema itself. The traits are described under `properties.traits`." })
  schema: object;
}
