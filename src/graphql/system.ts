import { Authorized, Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import type { Kratos } from "../kratos/index.js";
import { oneRequest, twoRequests } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import type { Scope } from "./scopes.js";

@ObjectType({ simpleResolvers: true, description: "A problem that prevents Kratos from being ready." })
export class HealthError {
  @Field(() => String, {
    description: "Name of the failed check, e.g. `database`, or `kratos` if Kratos cannot be reached or does not name a check.",
  })
  name: string;

  @Field(() => String, { description: "Description of the problem. For details, see the Kratos log." })
  message: string;
}

@ObjectType({ simpleResolvers: true, description: "Health of Kratos." })
export class Health {
  @Field(() => Boolean, { description: "True if Kratos accepts requests." })
  alive: boolean;

  @Field(() => Boolean, { description: "True if Kratos and its database are ready." })
  ready: boolean;

  @Field(() => [HealthError], { description: "Problems that prevent Kratos from being ready. Empty if it is ready." })
  errors: HealthError[];
}

/** Asks Kratos for its health. Never fails: if Kratos cannot be reached, it is not alive. */
export async function getHealth(kratos: Kratos): Promise<Health> {
  const [alive, { ready, failing }] = await Promise.all([kratos.system.isAlive(), kratos.system.readiness()]);
  if (!alive) return { alive, ready: false, errors: [{ name: "kratos", message: "Kratos cannot be reached." }] };
  const errors = failing.map((name) => ({ name, message: `Kratos is not ready: its ${name} check fails.` }));
  if (!ready && errors.length === 0) errors.push({ name: "kratos", message: "Kratos is not ready and does not report a reason." });
  return { alive, ready, errors };
}

@Resolver()
export class SystemResolver {
  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Version of Kratos, e.g. `v26.2.0`." })
  version(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.version();
  }

  @Authorized<Scope>("system:read")
  @Query(() => Health, {
    nullable: true,
    complexity: twoRequests,
    description: "Health of Kratos. If Kratos cannot be reached, `alive` is false, and there is no error.",
  })
  health(@Ctx() { kratos }: FacadeContext): Promise<Health> {
    return getHealth(kratos);
  }

  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Metrics of Kratos in the Prometheus text format." })
  metrics(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.metrics();
  }
}
