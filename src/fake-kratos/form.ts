/** A message of Kratos to the user. */
export interface Message {
  readonly id: number;
  readonly text: string;
  readonly type: "error" | "success" | "info";
  readonly context?: object;
}

interface Node {
  readonly group: string;
  readonly attributes: { readonly name?: string; readonly value?: unknown };
  /** v0.6 has null for none. */
  readonly messages: readonly Message[] | null;
}

/** A self-service flow as Kratos shows it. */
export interface Form {
  readonly id: string;
  readonly type: "api" | "browser";
  readonly state?: string;
  readonly ui: { readonly nodes: readonly Node[]; readonly messages?: readonly Message[] | null };
}

/** Adds messages about the whole form. */
export function addMessages(form: Form, messages: readonly Message[]): Form {
  return { ...form, ui: { ...form.ui, messages: [...(form.ui.messages ?? []), ...messages] } };
}

/** Puts values into the inputs of a form, by their names. Inputs of the same group are added for values that have none. */
export function setValues(form: Form, group: string, values: ReadonlyMap<string, unknown>): Form {
  const names = new Set(form.ui.nodes.map(({ attributes }) => attributes.name));
  const nodes = form.ui.nodes.map((node) => {
    const { name = "" } = node.attributes;
    return values.has(name) ? { ...node, attributes: { ...node.attributes, value: values.get(name) } } : node;
  });
  const added = [...values].filter(([name]) => !names.has(name)).map(([name, value]) => newInput(nodes, group, name, value));
  return { ...form, ui: { ...form.ui, nodes: [...nodes, ...added] } };
}

/** Puts a message at the input with a name, which is added if there is none. */
export function addMessage(form: Form, name: string, message: Message): Form {
  const isKnown = form.ui.nodes.some(({ attributes }) => attributes.name === name);
  const all = isKnown ? form.ui.nodes : [newInput(form.ui.nodes, "default", name, undefined), ...form.ui.nodes];
  const nodes = all.map((node) => (node.attributes.name === name ? { ...node, messages: [...(node.messages ?? []), message] } : node));
  return { ...form, ui: { ...form.ui, nodes } };
}

/** Versions differ in what an empty input looks like, so it is made of an existing one. */
function newInput([known]: readonly Node[], group: string, name: string, value: unknown): Node {
  const { required: _, ...attributes } = known!.attributes as Node["attributes"] & { readonly required?: boolean };
  const type = typeof value === "number" ? "number" : "text";
  return { ...known!, group, attributes: { ...attributes, name, ...{ type }, value }, messages: known!.messages && [] };
}

/** The values in traits by the names of their inputs, e.g. `traits.name.first` and `traits.tags.0`. */
export function toInputs(value: unknown, name = "traits"): [name: string, value: unknown][] {
  if (typeof value !== "object" || value === null) return [[name, value]];
  return Object.entries(value).flatMap(([key, each]) => toInputs(each, `${name}.${key}`));
}
