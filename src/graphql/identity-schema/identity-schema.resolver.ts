import { Arg, Authorized, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Scope } from "../authorization/scope.js";
import type { FacadeContext } from "../context.js";
import { oneRequest } from "../cost/cost.js";
import { IdentitySchema } from "./identity-schema.type.js";

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
