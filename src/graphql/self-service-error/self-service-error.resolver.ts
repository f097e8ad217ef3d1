import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { KratosNotFoundError } from "../../kratos/index.js";
import type { FacadeContext } from "../context.js";
import { SelfServiceError } from "./self-service-error.type.js";

@Resolver(() => SelfServiceError)
export class SelfServiceErrorResolver {
  @Query(() => SelfServiceError, {
    nullable: true,
    description: "The error that a user was sent to the error page with; null where there is none with this id.",
  })
  async selfServiceError(
    @Arg("id", () => ID, { description: "The `error` or `id` in the error page's address; `stub:500` gives an example." }) id: string,
    @Ctx() { kratos }: FacadeContext,
  ): Promise<SelfServiceError | null> {
    try {
      return SelfServiceError.from(await kratos.selfServiceErrors.get(id));
    } catch (error) {
      if (error instanceof KratosNotFoundError) return null;
      throw error;
    }
  }
}
