import { Field, ObjectType } from "type-graphql";
import type { WireUiContainer, WireUiNode } from "../../kratos/index.js";
import { attributesFrom } from "./ui-attributes.parse.js";
import { UiNodeAttributes, UiText } from "./ui-attributes.types.js";

@ObjectType({ simpleResolvers: true, description: "What belongs to a node beside its attributes." })
export class UiNodeMeta {
  @Field(() => UiText, { nullable: true, description: "The node's label." })
  label: UiText | null;
}

@ObjectType({ simpleResolvers: true, description: "One element of a form." })
export class UiNode {
  @Field(() => String, { description: "Kind of element: `input`, `img`, `a`, `text`, `script`, `div`, or another that Kratos knows." })
  type: string;

  @Field(() => String, { description: "The method it belongs to, as `password` or `oidc`; `default` is all methods'." })
  group: string;

  @Field(() => UiNodeAttributes, { description: "What the element is made of." })
  attributes: typeof UiNodeAttributes;

  @Field(() => [UiText], { description: "Texts to show at this element, say what is wrong with its value." })
  messages: UiText[];

  @Field(() => UiNodeMeta, { description: "What else belongs to the element." })
  meta: UiNodeMeta;

  static from(wire: WireUiNode): UiNode {
    const { label } = wire.meta ?? {};
    return Object.assign(new UiNode(), {
      type: wire.type,
      group: wire.group,
      attributes: attributesFrom(wire),
      // v0.6.3 sends null where there are none.
      messages: (wire.messages ?? []).map(UiText.from),
      meta: { label: label ? UiText.from(label) : null },
    } satisfies UiNode);
  }
}

@ObjectType({ simpleResolvers: true, description: "A form to show the user." })
export class UiContainer {
  @Field(() => String, { description: "Address to submit the form to." })
  action: string;

  @Field(() => String, { description: "HTTP method to submit it with, as `POST`." })
  method: string;

  @Field(() => [UiNode], { description: "The form's elements, in their order." })
  nodes: UiNode[];

  @Field(() => [UiText], { description: "Texts to show above the form." })
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
