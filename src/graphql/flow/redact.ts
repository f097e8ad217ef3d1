import { GraphQLJSON } from "graphql-scalars";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { WireFlows, WireUiContainer } from "../../kratos/index.js";
import { requireScope } from "../authorization.js";
import type { FacadeContext } from "../context.js";
import { MASKED } from "../traits-mask/masked-text.js";
import { UiNodeInputAttributes } from "./ui-attributes.types.js";

/** What a flow's inputs and the queries of its addresses call that which lets whoever has it go on in the user's place. */
export const SECRET_NAMES: readonly string[] = ["token", "code", "session_token", "session_token_exchange_code"];

type Attributes = Readonly<Record<string, unknown>>;

/** @returns the form with what `change` makes of its nodes' attributes; undefined leaves a node's as they are */
export function changeAttributes(ui: WireUiContainer, change: (attributes: Attributes) => Attributes | undefined): WireUiContainer {
  const nodes = (ui.nodes ?? []).map((node) => {
    const changed = change(node.attributes as unknown as Attributes);
    return changed ? { ...node, attributes: changed as unknown as typeof node.attributes } : node;
  });
  return { ...ui, nodes };
}

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

/** An address that a flow was started at, without the tokens that a link in a mail brings in its query. */
export function withoutTokens(address: string | undefined): string | undefined {
  if (address === undefined || !URL.canParse(address)) return address;
  const url = new URL(address);
  const secret = SECRET_NAMES.filter((name) => url.searchParams.has(name));
  if (secret.length === 0) return address;
  for (const name of secret) url.searchParams.set(name, MASKED);
  return url.href;
}

/** A flow as callers without `secrets:read` see it; the inputs that hold a token or a code ask for the scope themselves. */
export function withoutSecrets<Flow extends WireFlows[keyof WireFlows]>(flow: Flow): Flow {
  return {
    ...flow,
    request_url: withoutTokens(flow.request_url),
    return_to: withoutTokens(flow.return_to),
    ui: withoutCodes({ ...flow.ui, action: withoutTokens(flow.ui.action) ?? "" }),
  };
}

/** The form of a user's settings without what it shows of their traits: v0.6.3 gives it to whoever knows the flow's id. */
export function withoutSettingsTraits(ui: WireUiContainer): WireUiContainer {
  return changeAttributes(ui, (attributes) => {
    const { name, value } = attributes;
    const isTrait = typeof name === "string" && name.startsWith("traits.");
    return isTrait && value !== undefined && value !== null && value !== "" ? { ...attributes, value: MASKED } : undefined;
  });
}

/** Inputs whose value is not for everybody. The CSRF token's is: it is worth nothing without its cookie. */
const SECRET_INPUTS: ReadonlySet<string> = new Set([...SECRET_NAMES, "password"]);

@Resolver(() => UiNodeInputAttributes)
export class UiNodeInputResolver {
  @FieldResolver(() => GraphQLJSON, {
    nullable: true,
    description: "Value to start with or to submit: text, number or boolean. A token or code needs the scope `secrets:read`.",
  })
  value(@Root() { name, initialValue }: UiNodeInputAttributes, @Ctx() { caller }: FacadeContext): unknown {
    // Only some inputs hold a secret, so it is not for @Authorized to say.
    if (SECRET_INPUTS.has(name) && initialValue !== null && initialValue !== "") requireScope(caller, "secrets:read");
    return initialValue;
  }
}
