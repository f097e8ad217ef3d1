import { identitySchemas, traitLeaves, type TraitLeaf } from "../identities/identity-schemas.js";

/** A text of a form. */
export interface UiMessage {
  id: number;
  text: string;
  type: "info" | "error";
  context?: Record<string, unknown>;
}

/** One part of a form. */
export interface UiNode {
  type: "input" | "text" | "img" | "script";
  group: string;
  attributes: Record<string, unknown>;
  messages: UiMessage[] | null;
  meta: { label?: UiMessage };
}

export const info = (id: number, text: string, context?: Record<string, unknown>): UiMessage => ({
  id,
  text,
  type: "info",
  ...(context ? { context } : {}),
});
export const failure = (id: number, text: string, context?: Record<string, unknown>): UiMessage => ({
  id,
  text,
  type: "error",
  ...(context ? { context } : {}),
});

/** The attributes of an input in Kratos' order. */
export function input(group: string, name: string, type: string, rest: Record<string, unknown> = {}, label?: UiMessage): UiNode {
  return { type: "input", group, attributes: { name, type, ...rest, disabled: false }, messages: null, meta: label ? { label } : {} };
}

/** The leaves of the default schema's traits, which the forms ask for. */
export const formLeaves = (traits: unknown): TraitLeaf[] => identitySchemas.slice(0, 1).flatMap((schema) => traitLeaves(schema, traits));

const inputTypes: Record<string, string> = { integer: "number", number: "number", boolean: "checkbox" };

/** The type of the input for a trait. */
export const inputType = ({ schema }: TraitLeaf): string =>
  schema.format === "email" ? "email" : (inputTypes[schema.type ?? ""] ?? "text");
