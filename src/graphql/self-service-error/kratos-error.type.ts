import { GraphQLJSONObject } from "graphql-scalars";
import { Field, Int, ObjectType } from "type-graphql";
import type { WireErrorBody } from "../../kratos/index.js";

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
