import { Arg, Authorized, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Scope } from "../authorization/scope.js";
import type { FacadeContext } from "../context.js";
import { oneRequest } from "../cost/cost.js";
import { nullIfNotFound } from "../errors/null-if-not-found.js";
import { SelfServiceError } from "./self-service-error.type.js";

@Resolver(() => SelfServiceError)
export class SelfServiceErrorResolver {
  @Authorized<Scope>("flows:read")
  @Query(() => SelfServiceError, {
    nullable: true,
    complexity: oneRequest,
    description: "The error that a user was sent to the error page with; null where there is none with this id.",
  })
  async selfServiceError(
    @Arg("id", () => ID, { description: "The `error` or `id` in the error page's address; `stub:500` gives an example." }) id: string,
    @Ctx() { kratos }: FacadeContext,
  ): Promise<SelfServiceError | null> {
    const record = await nullIfNotFound(kratos.selfServiceErrors.get(id));
    return record && SelfServiceError.from(record);
  }
}
