import type { WireUiNode, WireUiText } from "../../kratos/index.js";
import {
  UiNodeAnchorAttributes,
  type UiNodeAttributes,
  UiNodeDivisionAttributes,
  UiNodeImageAttributes,
  UiNodeInputAttributes,
  UiNodeOtherAttributes,
  UiNodeScriptAttributes,
  UiNodeTextAttributes,
  UiText,
} from "./ui-attributes.types.js";

/** A node's attributes as they come: by the node's type, any of these. */
type Wire = Record<string, unknown>;

const text = (value: unknown): string => (typeof value === "string" ? value : "");
const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
const uiText = (value: unknown): UiText | null => (value ? UiText.from(value as WireUiText) : null);

const BY_TYPE: Readonly<Record<string, (wire: Wire) => typeof UiNodeAttributes>> = {
  input: (wire) =>
    Object.assign(new UiNodeInputAttributes(), {
      name: text(wire["name"]),
      type: text(wire["type"]),
      initialValue: wire["value"] ?? null,
      required: wire["required"] === true,
      disabled: wire["disabled"] === true,
      label: uiText(wire["label"]),
      pattern: textOrNull(wire["pattern"]),
      maxlength: numberOrNull(wire["maxlength"]),
      autocomplete: textOrNull(wire["autocomplete"]),
      onclick: textOrNull(wire["onclick"]),
      onclickTrigger: textOrNull(wire["onclickTrigger"]),
      onload: textOrNull(wire["onload"]),
      onloadTrigger: textOrNull(wire["onloadTrigger"]),
    } satisfies UiNodeInputAttributes),
  img: (wire) =>
    Object.assign(new UiNodeImageAttributes(), {
      id: textOrNull(wire["id"]),
      src: text(wire["src"]),
      width: numberOrNull(wire["width"]),
      height: numberOrNull(wire["height"]),
    } satisfies UiNodeImageAttributes),
  a: (wire) =>
    Object.assign(new UiNodeAnchorAttributes(), {
      id: textOrNull(wire["id"]),
      href: text(wire["href"]),
      title: uiText(wire["title"]),
    } satisfies UiNodeAnchorAttributes),
  text: (wire) =>
    Object.assign(new UiNodeTextAttributes(), {
      id: textOrNull(wire["id"]),
      text: uiText(wire["text"]),
    } satisfies UiNodeTextAttributes),
  script: (wire) =>
    Object.assign(new UiNodeScriptAttributes(), {
      id: textOrNull(wire["id"]),
      src: text(wire["src"]),
      type: text(wire["type"]),
      async: wire["async"] === true,
      crossorigin: text(wire["crossorigin"]),
      integrity: text(wire["integrity"]),
      referrerpolicy: text(wire["referrerpolicy"]),
      nonce: text(wire["nonce"]),
    } satisfies UiNodeScriptAttributes),
  div: (wire) =>
    Object.assign(new UiNodeDivisionAttributes(), {
      id: textOrNull(wire["id"]),
      class: textOrNull(wire["class"]),
      data: (wire["data"] as object | undefined) ?? null,
    } satisfies UiNodeDivisionAttributes),
};

/** The kind is read off the node's type: v0.6.3 sends no `node_type` with the attributes. */
export function attributesFrom({ type, attributes }: WireUiNode): typeof UiNodeAttributes {
  const from = Object.hasOwn(BY_TYPE, type) ? BY_TYPE[type] : undefined;
  return from?.(attributes as unknown as Wire) ?? Object.assign(new UiNodeOtherAttributes(), { attributes });
}
