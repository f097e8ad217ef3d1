import { Authorized, Ctx, Field, ObjectType, Query, Resolver } from "type-graphql";
import type { Kratos } from "../kratos/index.js";
import { oneRequest, twoRequests } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import type { Scope } from "./scopes.js";

@ObjectType({ simpleResolvers: true, description: "Something that keeps Kratos from doing its work." })
export class HealthError {
  @Field(() => String, { description: "What it is, by Kratos' name, as `database`; `kratos` where Kratos itself cannot be reached." })
  name: string;

  @Field(() => String, { description: "What that means. The particulars are in Kratos' log." })
  message: string;
}

@ObjectType({ simpleResolvers: true, description: "How Kratos is." })
export class Health {
  @Field(() => Boolean, { description: "Whether Kratos takes requests." })
  alive: boolean;

  @Field(() => Boolean, { description: "Whether Kratos and its database can do their work." })
  ready: boolean;

  @Field(() => [HealthError], { description: "What is in the way; empty where all is well." })
  errors: HealthError[];
}

/** Asks Kratos how it is. Never fails: not to reach it is an answer too. */
export async function getHealth(kratos: Kratos): Promise<Health> {
  const [alive, { ready, failing }] = await Promise.all([kratos.system.isAlive(), kratos.system.readiness()]);
  if (!alive) return { alive, ready: false, errors: [{ name: "kratos", message: "Kratos cannot be reached." }] };
  const errors = failing.map((name) => ({ name, message: `Kratos is not ready: its ${name} check fails.` }));
  if (!ready && errors.length === 0) errors.push({ name: "kratos", message: "Kratos is not ready and does not say why." });
  return { alive, ready, errors };
}

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
    return getHealth(kratos);
  }

  @Authorized<Scope>("system:read")
  @Query(() => String, { nullable: true, complexity: oneRequest, description: "Kratos' own metrics in Prometheus' text format." })
  metrics(@Ctx() { kratos }: FacadeContext): Promise<string> {
    return kratos.system.metrics();
  }
}
