import { Field, ObjectType } from "type-graphql";
import type { WireUiContainer, WireUiNode } from "../../kratos/index.js";
import { parseAttributes } from "./ui-attributes.parse.js";
import { UiNodeAttributes, UiText } from "./ui-attributes.types.js";

@ObjectType({ simpleResolvers: true, description: "Metadata of a form element." })
export class UiNodeMeta {
  @Field(() => UiText, { nullable: true, description: "Label of the element. Null if it has none." })
  label: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "An element of a form." })
export class UiNode {
  @Field(() => String, { description: "Type of the element: `input`, `img`, `a`, `text`, `script`, `div`, or another one that Kratos defines." })
  type: string;

  @Field(() => String, { description: "Method that the element belongs to, e.g. `password` or `oidc`. Elements in the group `default` belong to all methods." })
  group: string;

  @Field(() => UiNodeAttributes, { description: "Attributes of the element." })
  attributes: typeof UiNodeAttributes;

  @Field(() => [UiText], { description: "Messages to show next to the element, e.g. validation errors." })
  messages: UiText[];

  @Field(() => UiNodeMeta, { description: "Metadata of the element." })
  meta: UiNodeMeta;

  static from(wire: WireUiNode): UiNode {
    const { label } = wire.meta ?? {};
    return Object.assign(new UiNode(), {
      type: wire.type,
      group: wire.group,
      attributes: parseAttributes(wire),
      // v0.6.3 sends null instead of an empty list.
      messages: (wire.messages ?? []).map(UiText.from),
      meta: { label: label ? UiText.from(label) : null },
    } satisfies UiNode);
  }
}

@ObjectType({ simpleResolvers: true, description: "A form to show to the user." })
export class UiContainer {
  @Field(() => String, { description: "URL to submit the form to." })
  action: string;

  @Field(() => String, { description: "HTTP method to submit the form with, e.g. `POST`." })
  method: string;

  @Field(() => [UiNode], { description: "Elements of the form, in the order in which to show them." })
  nodes: UiNode[];

  @Field(() => [UiText], { description: "Messages to show above the form." })
  messages: UiText[];

  static from({ action, method, nodes, messages }: WireUiContainer): UiContainer {
    return Object.assign(new UiContainer(), {
      action,
      method,
      nodes: (nodes ?? []).map(UiNode.from),
      messages: (messages ?? []).map(UiText.from),
    } satisfies UiContainer);
  }
}
