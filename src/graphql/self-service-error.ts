import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { SelfServiceErrorRecord, WireErrorBody } from "../kratos/index.js";
import { oneRequest } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { nullIfNotFound } from "./errors.js";
import { DateTime, timestamp } from "./scalars.js";
import type { Scope } from "./scopes.js";

@ObjectType("KratosError", { simpleResolvers: true, description: "One error, in Kratos' words." })
export class KratosErrorEntry {
  @Field(() => Int, { nullable: true, description: "The HTTP status that it stands for, as 500." })
  code: number | null;

  @Field(() => String, { nullable: true, description: "That status in words." })
  status: string | null;

  @Field(() => String, { nullable: true, description: "What went wrong." })
  message: string | null;

  @Field(() => String, { nullable: true, description: "Why, where Kratos says so." })
  reason: string | null;

  @Field(() => String, { nullable: true, description: "Kratos' name for this kind of error, as `security_csrf_violation` (newer releases)." })
  errorId: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Further details, as Kratos gives them." })
  details: object | null;

  static from({ code, status, message, reason, id, details }: WireErrorBody): KratosErrorEntry {
    return Object.assign(new KratosErrorEntry(), {
      code: Number.isInteger(code) ? (code as number) : null,
      status: status ?? null,
      message: message ?? null,
      reason: reason ?? null,
      errorId: id ?? null,
      details: details ?? null,
    } satisfies KratosErrorEntry);
  }
}

@ObjectType({ simpleResolvers: true, description: "What went wrong when Kratos sent a user to the error page." })
export class SelfServiceError {
  @Field(() => ID, { description: "The id that the error page was given." })
  id: string;

  @Field(() => [KratosErrorEntry], { description: "The errors; newer Kratos keeps one." })
  errors: KratosErrorEntry[];

  @Field(() => DateTime, { nullable: true, description: "When it happened." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When the record last changed." })
  updatedAt: string | null;

  static from({ id, errors, created_at, updated_at }: SelfServiceErrorRecord): SelfServiceError {
    return Object.assign(new SelfServiceError(), {
      id,
      errors: errors.map(KratosErrorEntry.from),
      createdAt: timestamp(created_at),
      updatedAt: timestamp(updated_at),
    } satisfies SelfServiceError);
  }
}

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
