import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { createUnionType, Field, Int, ObjectType } from "type-graphql";
import type { WireUiText } from "../../kratos/index.js";
import { Tag } from "../tags.js";

@ObjectType({ simpleResolvers: true, description: "A message or label to show to the user." })
export class UiText {
  @Field(() => Int, {
    description: "Number of the message.",
    deprecationReason: "Use `number`. Client caches treat `id` as a unique key, but many messages share a number.",
  })
  id: number;

  @Field(() => Int, { description: "Number that identifies the wording of the message, e.g. for translation. Many messages share a number." })
  number: number;

  @Tag("personal-data")
  @Field(() => String, { description: "The message in English." })
  text: string;

  @Field(() => String, { description: "Type of the message: `info`, `error`, `success`, or another one that Kratos defines." })
  type: string;

  @Tag("personal-data")
  @Field(() => GraphQLJSONObject, { nullable: true, description: "Values that the message contains, e.g. for use in a translation. Null if Kratos does not report them." })
  context: object | null;

  static from({ id, text, type, context }: WireUiText): UiText {
    return Object.assign(new UiText(), { id, number: id, text, type, context: context ?? null } satisfies UiText);
  }
}

/*
 * A field has the same type in all kinds of attributes that have it, so that a query can select it in several fragments at once:
 * GraphQL requires equal types there. `id` is nullable because v0.6.3 does not send it.
 */

@ObjectType({ simpleResolvers: true, description: "Attributes of an input field or a button." })
export class UiNodeInputAttributes {
  @Field(() => String, { description: "Name under which to submit the value, e.g. `traits.email`." })
  name: string;

  @Field(() => String, { description: "HTML input type, e.g. `text`, `password`, `hidden` or `submit`." })
  type: string;

  @Tag("personal-data")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Initial value, or the value to submit: a string, number or boolean. Most values require the scope `secrets:read`, and are `***` without it.",
  })
  value: unknown;

  @Field(() => Boolean, { description: "True if a value is required." })
  required: boolean;

  @Field(() => Boolean, { description: "True if the input is disabled." })
  disabled: boolean;

  @Field(() => UiText, { nullable: true, description: "Label of the input. Null for most inputs: their label is in the `meta` field of the node." })
  label: UiText | null;

  @Field(() => String, { nullable: true, description: "Regular expression that the value must match. Null if there is none." })
  pattern: string | null;

  @Field(() => Int, { nullable: true, description: "Maximum number of characters. Null if there is none." })
  maxlength: number | null;

  @Field(() => String, { nullable: true, description: "HTML `autocomplete` attribute, e.g. `current-password`." })
  autocomplete: string | null;

  @Field(() => String, { nullable: true, description: "JavaScript code to run on click. Deprecated by Kratos; use `onclickTrigger` if it is not null." })
  onclick: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function in Ory's script to call on click. Null if there is none." })
  onclickTrigger: string | null;

  @Field(() => String, {
    nullable: true,
    description: "JavaScript code to run when the form is shown. Deprecated by Kratos; use `onloadTrigger` if it is not null.",
  })
  onload: string | null;

  @Field(() => String, { nullable: true, description: "Name of the function in Ory's script to call when the form is shown. Null if there is none." })
  onloadTrigger: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of an image, e.g. the QR code for an authenticator app." })
export class UiNodeImageAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element. Null if Kratos does not report it." })
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
  @Field(() => String, { nullable: true, description: "ID of the HTML element. Null if Kratos does not report it." })
  id: string | null;

  @Field(() => String, { description: "URL of the link." })
  href: string;

  @Field(() => UiText, { nullable: true, description: "Text of the link." })
  title: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a paragraph of text, e.g. a list of recovery codes." })
export class UiNodeTextAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element. Null if Kratos does not report it." })
  id: string | null;

  @Field(() => UiText, { nullable: true, description: "Text to show." })
  text: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a script that the page must load, e.g. to use security keys." })
export class UiNodeScriptAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element. Null if Kratos does not report it." })
  id: string | null;

  @Field(() => String, { description: "URL of the script." })
  src: string;

  @Field(() => String, { description: "Media type of the script." })
  type: string;

  @Field(() => Boolean, { description: "True if the script must be loaded asynchronously." })
  async: boolean;

  @Field(() => String, { description: "HTML `crossorigin` attribute." })
  crossorigin: string;

  @Field(() => String, { description: "HTML `integrity` attribute: the hash of the script." })
  integrity: string;

  @Field(() => String, { description: "HTML `referrerpolicy` attribute." })
  referrerpolicy: string;

  @Field(() => String, { description: "Nonce for the content security policy of the page." })
  nonce: string;
}

@ObjectType({ simpleResolvers: true, description: "Attributes of a container for a widget, e.g. a CAPTCHA." })
export class UiNodeDivisionAttributes {
  @Field(() => String, { nullable: true, description: "ID of the HTML element. Null if Kratos does not report it." })
  id: string | null;

  @Field(() => String, { nullable: true, description: "HTML `class` attribute." })
  class: string | null;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "Values of the HTML `data-*` attributes." })
  data: object | null;
}

// No @Tag("personal-data"), because contracts of The Guild keep the union's reference to a type that they remove.
@ObjectType({ simpleResolvers: true, description: "Attributes of an element whose type is not part of this schema yet." })
export class UiNodeOtherAttributes {
  @Field(() => GraphQLJSONObject, { description: "All attributes, as sent by Kratos." })
  attributes: object;
}

export const UiNodeAttributes = createUnionType({
  name: "UiNodeAttributes",
  description: "Attributes of a form element. Their type depends on the type of the element.",
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
