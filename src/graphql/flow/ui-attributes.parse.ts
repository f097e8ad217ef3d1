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

/** Attributes as sent by Kratos. Which there are depends on the type of the node. */
type WireAttributes = Readonly<Record<string, unknown>>;

const PARSERS: Readonly<Record<string, (wire: WireAttributes) => typeof UiNodeAttributes>> = {
  input: (wire) =>
    Object.assign(new UiNodeInputAttributes(), {
      name: toStringOrEmpty(wire["name"]),
      type: toStringOrEmpty(wire["type"]),
      value: wire["value"] ?? null,
      required: wire["required"] === true,
      disabled: wire["disabled"] === true,
      label: toUiText(wire["label"]),
      pattern: toStringOrNull(wire["pattern"]),
      maxlength: toNumberOrNull(wire["maxlength"]),
      autocomplete: toStringOrNull(wire["autocomplete"]),
      onclick: toStringOrNull(wire["onclick"]),
      onclickTrigger: toStringOrNull(wire["onclickTrigger"]),
      onload: toStringOrNull(wire["onload"]),
      onloadTrigger: toStringOrNull(wire["onloadTrigger"]),
    } satisfies UiNodeInputAttributes),
  img: (wire) =>
    Object.assign(new UiNodeImageAttributes(), {
      id: toStringOrNull(wire["id"]),
      src: toStringOrEmpty(wire["src"]),
      width: toNumberOrNull(wire["width"]),
      height: toNumberOrNull(wire["height"]),
    } satisfies UiNodeImageAttributes),
  a: (wire) =>
    Object.assign(new UiNodeAnchorAttributes(), {
      id: toStringOrNull(wire["id"]),
      href: toStringOrEmpty(wire["href"]),
      title: toUiText(wire["title"]),
    } satisfies UiNodeAnchorAttributes),
  text: (wire) =>
    Object.assign(new UiNodeTextAttributes(), {
      id: toStringOrNull(wire["id"]),
      text: toUiText(wire["text"]),
    } satisfies UiNodeTextAttributes),
  script: (wire) =>
    Object.assign(new UiNodeScriptAttributes(), {
      id: toStringOrNull(wire["id"]),
      src: toStringOrEmpty(wire["src"]),
      type: toStringOrEmpty(wire["type"]),
      async: wire["async"] === true,
      crossorigin: toStringOrEmpty(wire["crossorigin"]),
      integrity: toStringOrEmpty(wire["integrity"]),
      referrerpolicy: toStringOrEmpty(wire["referrerpolicy"]),
      nonce: toStringOrEmpty(wire["nonce"]),
    } satisfies UiNodeScriptAttributes),
  div: (wire) =>
    Object.assign(new UiNodeDivisionAttributes(), {
      id: toStringOrNull(wire["id"]),
      class: toStringOrNull(wire["class"]),
      data: (wire["data"] as object | undefined) ?? null,
    } satisfies UiNodeDivisionAttributes),
};

/** The node's type decides, because v0.6.3 does not send `node_type` with the attributes. */
export function parseAttributes({ type, attributes }: WireUiNode): typeof UiNodeAttributes {
  const parse = Object.hasOwn(PARSERS, type) ? PARSERS[type] : undefined;
  return parse?.(attributes as WireAttributes) ?? Object.assign(new UiNodeOtherAttributes(), { attributes });
}

function toStringOrEmpty(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toStringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function toNumberOrNull(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function toUiText(value: unknown): UiText | null {
  return value ? UiText.from(value as WireUiText) : null;
}
