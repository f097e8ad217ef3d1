import { GraphQLJSONObject } from "graphql-scalars";
import { Field, Int, ObjectType } from "type-graphql";
import type { WireUiText } from "../../../kratos/index.js";

@ObjectType({ simpleResolvers: true, description: "A text for the user." })
export class UiText {
  @Field(() => Int, {
    description: "Kratos' number for this sentence.",
    deprecationReason: "Clients' caches take `id` for an identity, and many texts share one number. Use `number`.",
  })
  id: number;

  @Field(() => Int, { description: "Kratos' number for this sentence, to translate it by. Many texts share one." })
  number: number;

  @Field(() => String, { description: "The text in English." })
  text: string;

  @Field(() => String, { description: "How it is meant: `info`, `error`, `success`, or another way that Kratos knows." })
  type: string;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "The values that stand in the text." })
  context: object | null;

  static from({ id, text, type, context }: WireUiText): UiText {
    return Object.assign(new UiText(), { id, number: id, text, type, context: context ?? null } satisfies UiText);
  }
}
