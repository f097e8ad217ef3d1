import { Field, ID, ObjectType } from "type-graphql";
import type { SelfServiceErrorRecord } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";
import { KratosErrorEntry } from "./kratos-error.type.js";

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
