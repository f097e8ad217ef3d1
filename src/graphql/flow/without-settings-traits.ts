import type { WireUiContainer } from "../../kratos/index.js";
import { MASKED } from "../traits-mask/masked-text.js";
import { changeAttributes } from "./change-attributes.js";

/** The form of a user's settings without what it shows of their traits: v0.6.3 gives it to whoever knows the flow's id. */
export function withoutSettingsTraits(ui: WireUiContainer): WireUiContainer {
  return changeAttributes(ui, (attributes) => {
    const { name, value } = attributes;
    const isTrait = typeof name === "string" && name.startsWith("traits.");
    return isTrait && value !== undefined && value !== null && value !== "" ? { ...attributes, value: MASKED } : undefined;
  });
}
