import { GraphQLJSON } from "graphql-scalars";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { FlowKind, WireFlows, WireUiContainer } from "../../kratos/index.js";
import { requireScope } from "../authorization.js";
import type { FacadeContext } from "../context.js";
import { MASKED } from "../traits-mask/masked-text.js";
import { UiNodeInputAttributes } from "./ui-attributes.types.js";

/*
 * Everything that is hidden in a flow. `secrets:read` is required for whatever lets its holder act as the user: tokens and codes
 * in inputs and URLs, and the secrets of a second factor. For an input's value the caller gets an error (at the end of this
 * file); the rest is replaced, because it is part of something that everyone may see.
 */

/** Names of inputs and URL parameters whose values let whoever has them act as the user. */
const SECRET_NAMES: readonly string[] = ["token", "code", "session_token", "session_token_exchange_code"];

/** IDs of the nodes that show the secrets of a second factor to the user. */
const SECRET_NODES: ReadonlySet<unknown> = new Set(["totp_secret_key", "totp_qr", "lookup_secret_codes"]);

/** Returns the flow as the caller may see it. */
export function redactFlow<Kind extends FlowKind>(kind: Kind, flow: WireFlows[Kind], { caller, mask }: FacadeContext): WireFlows[Kind] {
  let redacted = mask ? mask.flow(flow) : flow;
  if (!caller.scopes.has("secrets:read")) redacted = redactSecrets(redacted);
  if (kind === "settings" && !caller.scopes.has("identities:read")) redacted = { ...redacted, ui: redactTraits(redacted.ui) };
  return redacted;
}

function redactSecrets<Flow extends WireFlows[FlowKind]>(flow: Flow): Flow {
  const ui = mapAttributes(flow.ui, (attributes) => {
    const { id, text, src } = attributes;
    if (!SECRET_NODES.has(id)) return attributes;
    return { ...attributes, ...(text ? { text: { ...text, text: MASKED, context: {} } } : {}), ...(src ? { src: "" } : {}) };
  });
  return {
    ...flow,
    request_url: redactUrl(flow.request_url),
    return_to: redactUrl(flow.return_to),
    ui: { ...ui, action: redactUrl(ui.action) ?? "" },
  };
}

/** A flow that was started by a link in an email has the token of the link in its URL. */
function redactUrl(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  const names = SECRET_NAMES.filter((name) => url.searchParams.has(name));
  if (names.length === 0) return address;
  for (const name of names) url.searchParams.set(name, MASKED);
  return url.href;
}

/** A settings form contains the traits of the user, and Kratos v0.6.3 returns it to anyone who knows the ID of the flow. */
function redactTraits(ui: WireUiContainer): WireUiContainer {
  return mapAttributes(ui, (attributes) => {
    const { name, value } = attributes;
    const isTrait = typeof name === "string" && name.startsWith("traits.");
    return isTrait && value !== undefined && value !== null && value !== "" ? { ...attributes, value: MASKED } : attributes;
  });
}

type Attributes = Readonly<Record<string, unknown>>;

function mapAttributes(ui: WireUiContainer, map: (attributes: Attributes) => Attributes): WireUiContainer {
  return { ...ui, nodes: (ui.nodes ?? []).map((node) => ({ ...node, attributes: map(node.attributes as Attributes) })) };
}

/** Inputs with a secret value. The CSRF token is not one: it is useless without its cookie. */
const SECRET_INPUTS: ReadonlySet<string> = new Set([...SECRET_NAMES, "password"]);

@Resolver(() => UiNodeInputAttributes)
export class UiNodeInputResolver {
  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description: "Initial value, or the value to submit: a string, number or boolean. Passwords, tokens and codes require the scope `secrets:read`.",
  })
  value(@Root() { name, initialValue }: UiNodeInputAttributes, @Ctx() { caller }: FacadeContext): unknown {
    // @Authorized would apply to all inputs.
    if (SECRET_INPUTS.has(name) && initialValue !== null && initialValue !== "") requireScope(caller, "secrets:read");
    return initialValue;
  }
}
