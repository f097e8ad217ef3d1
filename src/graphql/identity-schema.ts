import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { oneRequest } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import type { Scope } from "./scopes.js";

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "A JSON Schema that says which traits an identity has." })
export class IdentitySchema {
  @Field(() => ID, { description: "The schema's id in Kratos' configuration, as `default`." })
  id: string;

  @Field(() => GraphQLJSONObject, { description: "The JSON Schema itself. The traits are described under `properties.traits`." })
  schema: object;
}

@Resolver(() => IdentitySchema)
export class IdentitySchemaResolver {
  @Authorized<Scope>("identities:read")
  @Query(() => IdentitySchema, { nullable: true, complexity: oneRequest, description: "One identity schema; null where there is none with this id." })
  identitySchema(
    @Arg("id", () => ID, { description: "The schema's id in Kratos' configuration, as `default`." }) id: string,
    @Ctx() { identitySchemas }: FacadeContext,
  ): Promise<IdentitySchema | null> {
    return identitySchemas.load(id);
  }
}
