import { Ctx, Query, Resolver } from "type-graphql";
import type { FacadeContext } from "../context.js";
import { healthOf } from "./health.js";
import { Health } from "./health.type.js";

@Resolver()
export class SystemResolver {
  @Query(() => String, { nullable: true, description: "Kratos' version as it gives it, as `v26.2.0`." })
  version(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.version();
  }

  @Query(() => Health, { description: "How Kratos is. Never an error: a Kratos that is down is not alive." })
  health(@Ctx() { kratos }: FacadeContext): Promise<Health> {
    return healthOf(kratos);
  }

  @Query(() => String, { nullable: true, description: "Kratos' own metrics in Prometheus' text format." })
  metrics(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.metrics();
  }
}
