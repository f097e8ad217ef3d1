import type { UiMessage, UiNode } from "./ui-node.js";

export type FlowKind = "login" | "registration" | "recovery" | "verification" | "settings";

/** A self-service flow as the emulation keeps it; its era's `FlowShapes` turn it into JSON. */
export interface Flow {
  id: string;
  kind: FlowKind;
  type: "api" | "browser";
  issuedAt: number;
  expiresAt: number;
  requestUrl: string;
  /** The cookie a browser flow was begun with, and the token in its form. */
  csrf: { cookie: string; token: string };
  /** Whose settings they are. */
  identityId?: string;
  refresh: boolean;
  stamps: { issued: string; expires: string; created: string };
  /** What a refused registration said, and what had been filled in. */
  refusal?: Refusal;
}

/** Why a form was not accepted. */
export interface Refusal {
  traits: unknown;
  formMessages: UiMessage[];
  /** By the name of the node. */
  nodeMessages: Record<string, UiMessage[]>;
}

/** What differs between two eras' flows of one kind: keys before and after `ui`, and the form. */
export interface FlowShape {
  head?: (flow: Flow) => Record<string, unknown>;
  beforeUi?: (flow: Flow) => Record<string, unknown>;
  nodes: (flow: Flow, form: FormContext) => UiNode[];
  messages?: UiMessage[];
  afterUi: (flow: Flow) => Record<string, unknown>;
}

/** What a form is filled in from. */
export interface FormContext {
  publicUrl: string;
  /** Of the identity whose settings are shown, or as they were filled in. */
  traits: unknown;
}

export type FlowShapes = Record<FlowKind, FlowShape>;
