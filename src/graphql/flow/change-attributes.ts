import type { WireUiContainer } from "../../kratos/index.js";

type Attributes = Readonly<Record<string, unknown>>;

/** @returns the form with what `change` makes of its nodes' attributes; undefined leaves a node's as they are */
export function changeAttributes(ui: WireUiContainer, change: (attributes: Attributes) => Attributes | undefined): WireUiContainer {
  const nodes = (ui.nodes ?? []).map((node) => {
    const changed = change(node.attributes as unknown as Attributes);
    return changed ? { ...node, attributes: changed as unknown as typeof node.attributes } : node;
  });
  return { ...ui, nodes };
}
