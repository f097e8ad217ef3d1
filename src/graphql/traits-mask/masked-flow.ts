import type { WireFlows, WireUiNode } from "../../kratos/index.js";
import { comparable, MASKED, maskTexts, patternOf } from "./masked-text.js";
import { startsWith, takeOut, type TraitPath } from "./trait-path.js";

type Flow = WireFlows[keyof WireFlows];
type Attributes = Record<string, unknown> & { name?: unknown; value?: unknown };

const attributesOf = ({ attributes }: WireUiNode) => attributes as unknown as Attributes;

/** A flow without masked traits: as values of its inputs, in the texts at them and above the form, and in its addresses. */
export function maskFlow<F extends Flow>(wire: F, paths: readonly TraitPath[]): F {
  const { messages, ...form } = wire.ui;
  const nodes = form.nodes ?? [];
  const identity = "identity" in wire ? structuredClone(wire.identity.traits ?? {}) : {};
  const typed = nodes.filter((node) => isMasked(node, paths)).map((node) => attributesOf(node).value ?? "");
  const hidden = [...paths.flatMap((path) => takeOut(identity, path)), ...typed];
  const values = new Set(hidden.map(comparable));
  const pattern = patternOf(hidden);
  return {
    ...wire,
    request_url: maskTexts(wire.request_url, pattern),
    return_to: maskTexts(wire.return_to, pattern),
    ui: {
      ...form,
      nodes: nodes.map((node) => maskNode(node, paths, values, pattern)),
      messages: maskTexts(messages, pattern),
    },
  };
}

function maskNode(node: WireUiNode, paths: readonly TraitPath[], hidden: ReadonlySet<string>, pattern: RegExp | undefined): WireUiNode {
  const attributes = attributesOf(node);
  const { value } = attributes;
  const masked = isMasked(node, paths);
  const shown = value && (masked || hidden.has(comparable(value))) ? MASKED : withoutTraits(attributes, paths);
  return {
    ...node,
    // What is said of a value mostly repeats it.
    messages: masked ? (node.messages ?? []).map(({ id, type }) => ({ id, type, text: MASKED })) : maskTexts(node.messages, pattern),
    attributes: { ...attributes, ...("value" in attributes && { value: shown }) } as unknown as typeof node.attributes,
  };
}

/** Whether an input is a masked trait's, or takes an identifier or address that may be made of one. */
function isMasked(node: WireUiNode, paths: readonly TraitPath[]): boolean {
  const { name } = attributesOf(node);
  const { name: trait } = { ...node.meta?.label?.context } as { name?: unknown };
  const path = pathIn(name) ?? pathIn(trait);
  if (path) return paths.some((masked) => startsWith(path, masked));
  return name === "identifier" || paths.some((masked) => masked.at(-1) === name);
}

/** The value of an input of a whole object or list, without what is masked in it. */
function withoutTraits({ name, value }: Attributes, paths: readonly TraitPath[]): unknown {
  const path = pathIn(name);
  if (!path || typeof value !== "object") return value;
  const shown = structuredClone(value);
  for (const masked of paths) if (startsWith(masked, path)) takeOut(shown, masked.slice(path.length));
  return shown;
}

/** The trait that an input is named after, as `traits.name.last`. */
function pathIn(name: unknown): TraitPath | undefined {
  const [first, ...path] = typeof name === "string" ? name.split(".") : [];
  return first === "traits" ? path : undefined;
}
