import { GraphQLJSONObject } from "graphql-scalars";
import { createUnionType, Field, Int, ObjectType } from "type-graphql";
import type { WireUiText } from "../../kratos/index.js";

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

/*
 * A field that several kinds have is of one type in all of them: a query may ask for it in several fragments at once,
 * which GraphQL allows for equal types only. v0.6.3 sends no `id`.
 */

@ObjectType({ simpleResolvers: true, description: "An input field or button." })
export class UiNodeInputAttributes {
  @Field(() => String, { description: "Name to submit the value under, as `traits.email`." })
  name: string;

  @Field(() => String, { description: "HTML input type, as `text`, `password`, `hidden` or `submit`." })
  type: string;

  /** What `value` is for those who may see it. */
  initialValue: unknown;

  @Field(() => Boolean, { description: "Whether it must be filled in." })
  required: boolean;

  @Field(() => Boolean, { description: "Whether it is switched off." })
  disabled: boolean;

  @Field(() => UiText, { nullable: true, description: "Label; most nodes have theirs in `meta`." })
  label: UiText | null;

  @Field(() => String, { nullable: true, description: "Regular expression for the value." })
  pattern: string | null;

  @Field(() => Int, { nullable: true, description: "Most characters that the value may have." })
  maxlength: number | null;

  @Field(() => String, { nullable: true, description: "What the browser may fill in, as `current-password`." })
  autocomplete: string | null;

  @Field(() => String, { nullable: true, description: "Script for a click, from older Kratos; prefer `onclickTrigger`." })
  onclick: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function of Ory's script that a click calls." })
  onclickTrigger: string | null;

  @Field(() => String, { nullable: true, description: "Script for when the form shows, from older Kratos; prefer `onloadTrigger`." })
  onload: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function of Ory's script that is called when the form shows." })
  onloadTrigger: string | null;
}

@ObjectType({ simpleResolvers: true, description: "An image, say the QR code of an authenticator app." })
export class UiNodeImageAttributes {
  @Field(() => String, { nullable: true, description: "The element's id in the page." })
  id: string | null;

  @Field(() => String, { description: "Where the image is; often a `data:` address." })
  src: string;

  @Field(() => Int, { nullable: true, description: "Width in pixels." })
  width: number | null;

  @Field(() => Int, { nullable: true, description: "Height in pixels." })
  height: number | null;
}

@ObjectType({ simpleResolvers: true, description: "A link to another page." })
export class UiNodeAnchorAttributes {
  @Field(() => String, { nullable: true, description: "The element's id in the page." })
  id: string | null;

  @Field(() => String, { description: "Where the link goes." })
  href: string;

  @Field(() => UiText, { nullable: true, description: "The link's text." })
  title: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "A text, say a list of recovery codes." })
export class UiNodeTextAttributes {
  @Field(() => String, { nullable: true, description: "The element's id in the page." })
  id: string | null;

  @Field(() => UiText, { nullable: true, description: "The text." })
  text: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "A script that the page must load, say for security keys." })
export class UiNodeScriptAttributes {
  @Field(() => String, { nullable: true, description: "The element's id in the page." })
  id: string | null;

  @Field(() => String, { description: "Where the script is." })
  src: string;

  @Field(() => String, { description: "The script's media type." })
  type: string;

  @Field(() => Boolean, { description: "Whether it loads without holding up the page." })
  async: boolean;

  @Field(() => String, { description: "The script element's `crossorigin`." })
  crossorigin: string;

  @Field(() => String, { description: "Hash that the browser checks the script against." })
  integrity: string;

  @Field(() => String, { description: "The script element's `referrerpolicy`." })
  referrerpolicy: string;

  @Field(() => String, { description: "A nonce that may be used in a content security policy." })
  nonce: string;
}

@ObjectType({ simpleResolvers: true, description: "A part of the page that a widget, say a captcha, hooks into." })
export class UiNodeDivisionAttributes {
  @Field(() => String, { nullable: true, description: "The element's id in the page." })
  id: string | null;

  @Field(() => String, { nullable: true, description: "The element's class." })
  class: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Values for the element's `data-…` attributes." })
  data: object | null;
}

@ObjectType({ simpleResolvers: true, description: "A node of a kind that this version of the graph does not know yet." })
export class UiNodeOtherAttributes {
  @Field(() => GraphQLJSONObject, { description: "All of its attributes, as Kratos sends them." })
  attributes: object;
}

export const UiNodeAttributes = createUnionType({
  name: "UiNodeAttributes",
  description: "What a node of a form is made of, by its kind.",
  types: () =>
    [
      UiNodeInputAttributes,
      UiNodeImageAttributes,
      UiNodeAnchorAttributes,
      UiNodeTextAttributes,
      UiNodeScriptAttributes,
      UiNodeDivisionAttributes,
      UiNodeOtherAttributes,
    ] as const,
});
