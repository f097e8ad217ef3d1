import { identityJson } from "../identities/identity-json.js";
import type { KratosState } from "../kratos-state.js";
import type { Flow } from "./flow.js";
import type { UiNode } from "./ui-node.js";

/** A flow as this era's Kratos writes it. */
export function flowJson(state: KratosState, flow: Flow): Record<string, unknown> {
  const { id, kind, type, stamps, refusal } = flow;
  const shape = state.era.flowShapes[kind];
  const identity = flow.identityId === undefined ? undefined : state.identities.find(flow.identityId);
  const nodes = shape.nodes(flow, { publicUrl: state.publicUrl, traits: refusal?.traits ?? identity?.traits });
  const messages = refusal?.formMessages ?? shape.messages ?? [];
  return {
    id,
    ...shape.head?.(flow),
    type,
    expires_at: stamps.expires,
    issued_at: stamps.issued,
    request_url: flow.requestUrl,
    ...shape.beforeUi?.(flow),
    ui: {
      action: `${state.publicUrl}/self-service/${kind}?flow=${id}`,
      method: "POST",
      nodes: nodes.map((node) => nodeJson(state, node, flow)),
      ...(messages.length > 0 ? { messages } : {}),
    },
    ...(identity ? { identity: identityJson(state, identity, "own") } : {}),
    ...shape.afterUi(flow),
  };
}

function nodeJson({ era }: KratosState, node: UiNode, { refusal }: Flow): UiNode {
  const messages = refusal?.nodeMessages[String(node.attributes["name"])];
  return {
    ...node,
    attributes: era.nodesNameTheirType ? { ...node.attributes, node_type: node.type } : node.attributes,
    messages: messages ?? (era.nodesNameTheirType ? [] : null),
  };
}
