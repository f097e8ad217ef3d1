import type { WireUiContainer } from "../../kratos/index.js";
import { MASKED } from "../traits-mask/masked-text.js";

/** Nodes that show a user the secrets of a second factor, by their ids. */
const SECRET_NODES: ReadonlySet<string> = new Set(["totp_secret_key", "totp_qr", "lookup_secret_codes"]);

/** A form without the secrets of a second factor that it shows. */
export function withoutCodes(ui: WireUiContainer): WireUiContainer {
  const nodes = (ui.nodes ?? []).map((node) => {
    const attributes = node.attributes as { id?: string; text?: object; src?: string };
    if (!SECRET_NODES.has(attributes.id ?? "")) return node;
    const shown = { ...attributes, ...(attributes.text && { text: { ...attributes.text, text: MASKED, context: {} } }), ...(attributes.src && { src: "" }) };
    return { ...node, attributes: shown as typeof node.attributes };
  });
  return { ...ui, nodes };
}
