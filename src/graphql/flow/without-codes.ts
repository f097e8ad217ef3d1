import type { WireUiContainer } from "../../kratos/index.js";
import { MASKED } from "../traits-mask/masked-text.js";
import { changeAttributes } from "./change-attributes.js";

/** Nodes that show a user the secrets of a second factor, by their ids. */
const SECRET_NODES: ReadonlySet<unknown> = new Set(["totp_secret_key", "totp_qr", "lookup_secret_codes"]);

/** A form without the secrets of a second factor that it shows. */
export function withoutCodes(ui: WireUiContainer): WireUiContainer {
  return changeAttributes(ui, (attributes) => {
    const { id, text, src } = attributes;
    if (!SECRET_NODES.has(id)) return undefined;
    return { ...attributes, ...(text ? { text: { ...text, text: MASKED, context: {} } } : {}), ...(src ? { src: "" } : {}) };
  });
}
