import { Authorized, Ctx, Query, Resolver } from "type-graphql";
import type { Scope } from "../authorization/scope.js";
import type { FacadeContext } from "../context.js";
import { oneRequest, twoRequests } from "../cost/cost.js";
import { healthOf } from "./health.js";
import { Health } from "./health.type.js";

@Resolver()
export class SystemResolver {
  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Kratos' version as it gives it, as `v26.2.0`." })
  version(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.version();
  }

  @Authorized<Scope>("system:read")
  @Query(() => Health, { complexity: twoRequests, description: "How Kratos is. Never an error: a Kratos that is down is not alive." })
  health(@Ctx() { kratos }: FacadeContext): Promise<Health> {
    return healthOf(kratos);
  }

  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Kratos' own metrics in Prometheus' text format." })
  metrics(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.metrics();
  }
}
