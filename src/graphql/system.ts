import { Authorized, Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import type { KratosStatus } from "../kratos/index.js";
import { fourRequests, oneRequest } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import type { Scope } from "./scopes.js";
import { Tag } from "./tags.js";

@ObjectType({ simpleResolvers: true, description: "A problem that prevents Kratos from being ready." })
export class HealthError {
  @Field(() => String, {
    description: "Name of the failed check, e.g. `database`, or `kratos` if Kratos cannot be reached, is misconfigured here or does not name a check.",
  })
  name: string;

  @Field(() => String, { description: "Description of the problem. For details, see the Kratos log." })
  message: string;
}

@ObjectType({ simpleResolvers: true, description: "Health of Kratos." })
export class Health {
  @Field(() => Boolean, { description: "True if Kratos accepts requests." })
  alive: boolean;

  @Field(() => Boolean, { description: "True if Kratos and its database are ready, and this server has the right URLs of Kratos." })
  ready: boolean;

  @Field(() => [HealthError], { description: "Problems that prevent Kratos from being ready. Empty if it is ready." })
  errors: HealthError[];
}

/** The result of a check of Kratos, as callers see it. */
export function toHealth({ alive, ready, failing, error }: KratosStatus): Health {
  if (!alive) return { alive, ready, errors: [{ name: "kratos", message: "Kratos cannot be reached." }] };
  const errors = failing.map((name) => ({ name, message: `Kratos is not ready: its ${name} check fails.` }));
  if (error) errors.push({ name: "kratos", message: error.message });
  if (!ready && errors.length === 0) errors.push({ name: "kratos", message: "Kratos is not ready and does not report a reason." });
  return { alive, ready, errors };
}

@Resolver()
export class SystemResolver {
  @Tag("admin")
  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Version of Kratos, e.g. `v26.2.0`." })
  version(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.version();
  }

  @Tag("admin")
  @Authorized<Scope>("system:read")
  @Query(() => Health, {
    nullable: true,
    complexity: fourRequests,
    description: "Health of Kratos. If Kratos cannot be reached, `alive` is false, and there is no error.",
  })
  async health(@Ctx() { kratos }: FacadeContext): Promise<Health> {
    return toHealth(await kratos.system.check());
  }

  @Tag("admin")
  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Metrics of Kratos in the Prometheus text format." })
  metrics(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.metrics();
  }
}
