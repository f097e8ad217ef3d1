import type { FlowKind, WireFlows, WireUiNode } from "../../kratos/index.js";
import { createPattern, MASKED, maskTexts, normalize } from "./masked-text.js";
import { extract, startsWith, type TraitPath } from "./trait-path.js";

type Attributes = Record<string, unknown> & { readonly name?: unknown; readonly value?: unknown };

/** Returns a flow without the masked traits: in the values of its inputs, in the texts at and above them, and in its URLs. */
export function maskFlow<Flow extends WireFlows[FlowKind]>(wire: Flow, paths: readonly TraitPath[]): Flow {
  const { messages, ...form } = wire.ui;
  const nodes = form.nodes ?? [];
  const traits = "identity" in wire ? wire.identity.traits : undefined;
  const inputs = nodes.filter((node) => isMasked(node, paths)).map((node) => getAttributes(node).value ?? "");
  const hidden = [...extract(traits, paths).hidden, ...inputs];
  const values = new Set(hidden.map(normalize));
  const pattern = createPattern(hidden);
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
  const attributes = getAttributes(node);
  const { value } = attributes;
  const masked = isMasked(node, paths);
  const visible = value && (masked || hidden.has(normalize(value))) ? MASKED : maskObject(attributes, paths);
  return {
    ...node,
    // A message about a value usually repeats it.
    messages: masked ? (node.messages ?? []).map(({ id, type }) => ({ id, type, text: MASKED })) : maskTexts(node.messages, pattern),
    attributes: { ...attributes, ...("value" in attributes && { value: visible }) },
  };
}

/** True if an input is for a masked trait, or for an identifier or address that may be one. */
function isMasked(node: WireUiNode, paths: readonly TraitPath[]): boolean {
  const { name } = getAttributes(node);
  const { name: trait } = { ...node.meta?.label?.context } as { name?: unknown };
  const path = getTraitPath(name) ?? getTraitPath(trait);
  if (path) return paths.some((masked) => startsWith(path, masked));
  return name === "identifier" || paths.some((masked) => masked.at(-1) === name);
}

/** Masks the parts of an input's value, if it is a whole object or list. */
function maskObject({ name, value }: Attributes, paths: readonly TraitPath[]): unknown {
  const path = getTraitPath(name);
  if (!path) return value;
  const pathsBelow = paths.filter((masked) => startsWith(masked, path)).map((masked) => masked.slice(path.length));
  return extract(value, pathsBelow).visible;
}

/** Returns the trait that an input is named after, e.g. `traits.name.last`. */
function getTraitPath(name: unknown): TraitPath | undefined {
  const [first, ...path] = typeof name === "string" ? name.split(".") : [];
  return first === "traits" ? path : undefined;
}

function getAttributes({ attributes }: WireUiNode): Attributes {
  return attributes as Attributes;
}
