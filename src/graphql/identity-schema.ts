import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Directive, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { oneRequest } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import type { Scope } from "./scopes.js";

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "An identity schema: a JSON Schema that defines the traits of identities." })
export class IdentitySchema {
  @Field(() => ID, { description: "ID of the schema, as set in the configuration of the Kratos server, e.g. `default`." })
  id: string;

  @Field(() => GraphQLJSONObject, { description: "The JSON Schema. The traits are defined under `properties.traits`." })
  schema: object;
}

@Resolver(() => IdentitySchema)
export class IdentitySchemaResolver {
  @Authorized<Scope>("identities:read")
  @Query(() => IdentitySchema, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up an identity schema by ID. Returns null if it does not exist.",
  })
  identitySchema(
    @Arg("id", () => ID, { description: "ID of the identity schema, e.g. `default`." }) id: string,
    @Ctx() { identitySchemas }: FacadeContext,
  ): Promise<IdentitySchema | null> {
    return identitySchemas.load(id);
  }
}
