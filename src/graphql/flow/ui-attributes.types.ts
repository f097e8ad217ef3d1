import { GraphQLJSONObject } from "graphql-scalars";
import { createUnionType, Field, Int, ObjectType } from "type-graphql";
import type { WireUiText } from "../../kratos/index.js";

@ObjectType({ simpleResolvers: true, description: "A text to show to the user." })
export class UiText {
  @Field(() => Int, {
    description: "Number of the text.",
    deprecationReason: "Use `number`. Client caches take `id` for a unique key, but many texts share a number.",
  })
  id: number;

  @Field(() => Int, { description: "Number of the text, which identifies its sentence for translation. Many texts share a number." })
  number: number;

  @Field(() => String, { description: "The text in English." })
  text: string;

  @Field(() => String, { description: "Type of the text: `info`, `error`, `success`, or another that Kratos defines." })
  type: string;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Values that the text contains, e.g. for a translation." })
  context: object | null;

  static from({ id, text, type, context }: WireUiText): UiText {
    return Object.assign(new UiText(), { id, number: id, text, type, context: context ?? null } satisfies UiText);
  }
}

/*
 * A field has the same type in all kinds of attributes that have it, so that a query can select it in several fragments at once:
 * GraphQL requires equal types there. `id` is nullable because v0.6.3 does not send it.
 */

@ObjectType({ simpleResolvers: true, description: "Attributes of an input field or button." })
export class UiNodeInputAttributes {
  @Field(() => String, { description: "Name to submit the value with, e.g. `traits.email`." })
  name: string;

  @Field(() => String, { description: "HTML input type, e.g. `text`, `password`, `hidden` or `submit`." })
  type: string;

  /** The field `value` returns it to callers who may see it. */
  initialValue: unknown;

  @Field(() => Boolean, { description: "True if a value is required." })
  required: boolean;

  @Field(() => Boolean, { description: "True if the input is disabled." })
  disabled: boolean;

  @Field(() => UiText, { nullable: true, description: "Label of the input. Most elements have their label in `meta` instead." })
  label: UiText | null;

  @Field(() => String, { nullable: true, description: "Regular expression that the value must match." })
  pattern: string | null;

  @Field(() => Int, { nullable: true, description: "Maximum number of characters." })
  maxlength: number | null;

  @Field(() => String, { nullable: true, description: "HTML `autocomplete` attribute, e.g. `current-password`." })
  autocomplete: string | null;

  @Field(() => String, { nullable: true, description: "JavaScript to run on click. Sent by early versions of Kratos; prefer `onclickTrigger`." })
  onclick: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function in Ory's script to call on click." })
  onclickTrigger: string | null;

  @Field(() => String, {
    nullable: true,
    description: "JavaScript to run when the form is shown. Sent by early versions of Kratos; prefer `onloadTrigger`.",
  })
  onload: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function in Ory's script to call when the form is shown." })
  onloadTrigger: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of an image, e.g. the QR code for an authenticator app." })
export class UiNodeImageAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element." })
  id: string | null;

  @Field(() => String, { description: "URL of the image, often a `data:` URL." })
  src: string;

  @Field(() => Int, { nullable: true, description: "Width in pixels." })
  width: number | null;

  @Field(() => Int, { nullable: true, description: "Height in pixels." })
  height: number | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a link." })
export class UiNodeAnchorAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element." })
  id: string | null;

  @Field(() => String, { description: "URL of the link." })
  href: string;

  @Field(() => UiText, { nullable: true, description: "Text of the link." })
  title: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a text, e.g. a list of recovery codes." })
export class UiNodeTextAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element." })
  id: string | null;

  @Field(() => UiText, { nullable: true, description: "The text." })
  text: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a script that the page must load, e.g. for security keys." })
export class UiNodeScriptAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element." })
  id: string | null;

  @Field(() => String, { description: "URL of the script." })
  src: string;

  @Field(() => String, { description: "Media type of the script." })
  type: string;

  @Field(() => Boolean, { description: "True if the script loads asynchronously." })
  async: boolean;

  @Field(() => String, { description: "HTML `crossorigin` attribute." })
  crossorigin: string;

  @Field(() => String, { description: "HTML `integrity` attribute: a hash of the script." })
  integrity: string;

  @Field(() => String, { description: "HTML `referrerpolicy` attribute." })
  referrerpolicy: string;

  @Field(() => String, { description: "Nonce for a content security policy." })
  nonce: string;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a container for a widget, e.g. a CAPTCHA." })
export class UiNodeDivisionAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element." })
  id: string | null;

  @Field(() => String, { nullable: true, description: "HTML `class` attribute." })
  class: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Values of the HTML `data-*` attributes." })
  data: object | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of an element whose type is not yet part of this schema." })
export class UiNodeOtherAttributes {
  @Field(() => GraphQLJSONObject, { description: "All attributes, as sent by Kratos." })
  attributes: object;
}

export const UiNodeAttributes = createUnionType({
  name: "UiNodeAttributes",
  description: "Attributes of a form element, depending on its type.",
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
