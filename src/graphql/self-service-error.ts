import { GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import type { SelfServiceErrorRecord, WireErrorBody } from "../kratos/index.js";
import { oneRequest } from "./complexity.js";
import type { FacadeContext } from "./context.js";
import { nullIfNotFound } from "./errors.js";
import { redactError } from "./flow/redact.js";
import { DateTime, toDateTime } from "./scalars.js";
import type { Scope } from "./scopes.js";
import { Tag } from "./tags.js";

// The class is not called KratosError, like the type, because the adapter's base class is.
@ObjectType("KratosError", {
  simpleResolvers: true,
  description: "An error, as reported by Kratos. For callers without the scope `secrets:read`, a text that is not the same for every user is `***`, and `details` is null.",
})
export class KratosErrorEntry {
  @Field(() => Int, { nullable: true, description: "HTTP status code, e.g. 500. Null if Kratos does not report it." })
  code: number | null;

  @Field(() => String, { nullable: true, description: "HTTP status text, e.g. `Internal Server Error`. Null if Kratos does not report it." })
  status: string | null;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "Error message in English. Null if Kratos does not report it." })
  message: string | null;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "Reason for the error. Null if Kratos does not report it." })
  reason: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Identifier of this kind of error, e.g. `security_csrf_violation`. Null if Kratos does not report it.",
  })
  errorId: string | null;

  @Tag("personal-data")
  @Field(() => GraphQLJSONObject, { nullable: true, description: "Additional details. Null if Kratos does not report them." })
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

@ObjectType({ simpleResolvers: true, description: "An error of a self-service flow. Kratos stores it so that the error page can show it." })
export class SelfServiceError {
  @Field(() => ID, { description: "ID of the error: the `error` or `id` parameter in the URL of the error page." })
  id: string;

  @Field(() => [KratosErrorEntry], { description: "Errors that occurred. Kratos v0.7 and later store a single error; earlier versions can store several." })
  errors: KratosErrorEntry[];

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
  updatedAt: string | null;

  static from({ id, errors, created_at, updated_at }: SelfServiceErrorRecord): SelfServiceError {
    return Object.assign(new SelfServiceError(), {
      id,
      errors: errors.map(KratosErrorEntry.from),
      createdAt: toDateTime(created_at),
      updatedAt: toDateTime(updated_at),
    } satisfies SelfServiceError);
  }
}

@Resolver(() => SelfServiceError)
export class SelfServiceErrorResolver {
  @Authorized<Scope>("flows:read")
  @Query(() => SelfServiceError, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up a self-service error by ID. Returns null if it does not exist.",
  })
  async selfServiceError(
    @Arg("id", () => ID, {
      description: "ID of the error: the `error` or `id` parameter in the URL of the error page. For an example, use `stub:500`.",
    })
    id: string,
    @Ctx() { kratos, caller }: FacadeContext,
  ): Promise<SelfServiceError | null> {
    const record = await nullIfNotFound(kratos.selfServiceErrors.get(id));
    if (!record) return null;
    return SelfServiceError.from(caller.scopes.has("secrets:read") ? record : { ...record, errors: record.errors.map(redactError) });
  }
}
