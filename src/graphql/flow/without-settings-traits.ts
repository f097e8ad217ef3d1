import type { WireUiContainer } from "../../kratos/index.js";
import { MASKED } from "../traits-mask/masked-text.js";

/** The form of a user's settings without what it shows of their traits: v0.6.3 gives it to whoever knows the flow's id. */
export function withoutSettingsTraits(ui: WireUiContainer): WireUiContainer {
  const nodes = (ui.nodes ?? []).map((node) => {
    const { name, value } = node.attributes as { name?: string; value?: unknown };
    const hidden = name?.startsWith("traits.") && value !== undefined && value !== null && value !== "";
    return hidden ? { ...node, attributes: { ...node.attributes, value: MASKED } as typeof node.attributes } : node;
  });
  return { ...ui, nodes };
}
