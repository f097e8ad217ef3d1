import { STATUS_CODES } from "node:http";
import { type FlowKind, KratosFlowExpiredError, type WireErrorBody, type WireFlows, type WireUiNode, type WireUiText } from "../../kratos/index.js";
import { MASKED } from "../traits-mask.js";
import { isFixedErrorText, isFixedText } from "./fixed-texts.js";

/*
 * What a caller without `secrets:read` sees of a flow: the lists in this file, and nothing else. The rest can contain what the
 * user typed, their addresses, tokens, codes, or the secrets of a second factor, and each version of Kratos adds places. The
 * lists are recorded from v0.6.3, v1.3.1 and v26.2.0.
 */

/** Fields that say nothing about the user. */
const FIELDS: ReadonlySet<string> = new Set([
  ...["id", "type", "issued_at", "expires_at", "created_at", "updated_at", "requested_aal", "refresh"],
  "forced", // v0.6.3
]);

/** Methods, which are also the groups of nodes. */
const METHODS: ReadonlySet<unknown> = new Set([
  ...["default", "profile", "password", "oidc", "link"],
  ...["code", "totp", "lookup_secret", "webauthn", "passkey", "identifier_first"], // since v0.7
]);

const STATES: ReadonlySet<unknown> = new Set([
  ...["choose_method", "sent_email", "passed_challenge", "show_form", "success"],
  ...["recovery_awaiting_address", "recovery_awaiting_address_choice", "recovery_awaiting_address_confirm", "recovery_awaiting_code"], // v26
]);

const NODE_TYPES: ReadonlySet<unknown> = new Set(["input", "img", "a", "text", "script", "div"]);

/** Inputs that send a constant, and the CSRF token, which is useless without its cookie. */
const CONSTANT_INPUTS: ReadonlySet<unknown> = new Set([
  ...["csrf_token", "method", "provider"],
  ...["resend", "screen", "totp_unlink"], // since v0.7, as are the rest
  ...["lookup_secret_confirm", "lookup_secret_disable", "lookup_secret_regenerate", "lookup_secret_reveal"],
]);

/** Names of inputs and IDs of other nodes. */
const NAMES: ReadonlySet<unknown> = new Set([
  ...CONSTANT_INPUTS,
  ...["password", "email", "link", "unlink", "traits"],
  ...["password_identifier", "token"], // v0.6.3
  ...["identifier", "address", "code", "lookup_secret", "lookup_secret_codes", "totp_code", "totp_qr", "totp_secret_key", "continue"],
  ...["webauthn_login", "webauthn_login_trigger", "webauthn_register", "webauthn_register_displayname", "webauthn_register_trigger"],
  ...["webauthn_remove", "webauthn_script"],
  ...["passkey_challenge", "passkey_create_data", "passkey_login", "passkey_login_trigger", "passkey_register", "passkey_register_trigger"],
  ...["passkey_remove", "passkey_settings_register"],
  ...["recovery_address", "recovery_confirm_address", "recovery_select_address"], // v26
]);

/** Attributes of nodes with constants of Kratos or of the identity schema. */
const ATTRIBUTES: ReadonlySet<string> = new Set([
  ...["type", "required", "disabled", "pattern", "maxlength", "autocomplete", "onclickTrigger", "onloadTrigger", "width", "height"],
  ...["async", "crossorigin", "integrity", "referrerpolicy", "nonce"],
]);

/**
 * Number of the label of a trait that has a title in the identity schema. Only these have safe names: if the schema allows other
 * keys, Kratos makes inputs of them too, with names such as `traits.contacts.ann@example\\.com`.
 */
const TITLE = 1070002;

/** Returns the flow as callers without `secrets:read` see it. */
export function redactFlow<Kind extends FlowKind>(wire: WireFlows[Kind]): WireFlows[Kind] {
  const { id, active, state, request_url, return_to, ui } = wire;
  const redacted = {
    ...Object.fromEntries(Object.entries(wire).filter(([field]) => FIELDS.has(field))),
    active: active && (METHODS.has(active) ? active : MASKED),
    state: state && (STATES.has(state) ? state : MASKED),
    request_url: redactUrl(request_url, id),
    return_to: return_to && MASKED,
    ui: {
      action: redactUrl(ui.action, id),
      method: ui.method,
      messages: ui.messages?.map((text) => redactText(text)),
      nodes: (ui.nodes ?? []).map(redactNode),
    },
    // Only a settings flow must have one, so the type of the others' is not checked.
    ...("identity" in wire && wire.identity?.id !== undefined && { identity: { id: wire.identity.id } }),
  };
  return redacted as unknown as WireFlows[Kind];
}

/** Returns the error of a flow as such callers see it: the URL that starts a new flow has the query of the expired one. */
export function redactFlowError(error: unknown): unknown {
  if (!(error instanceof KratosFlowExpiredError)) return error;
  const { newFlowPath, useFlowId } = error.replacement;
  return new KratosFlowExpiredError(error.operation, { newFlowPath: newFlowPath?.replace(/\?.*/s, ""), useFlowId });
}

/** Identifiers of self-service errors. */
const ERROR_IDS: ReadonlySet<string> = new Set([
  ...["security_csrf_violation", "security_identity_mismatch"],
  ...["session_aal1_required", "session_aal2_required", "session_aal_already_fulfilled", "session_already_available", "session_inactive"],
  ...["session_refresh_required", "session_verified_address_required", "identity_disabled", "browser_location_change_required"],
  ...["self_service_flow_disabled", "self_service_flow_expired", "self_service_flow_replaced", "self_service_flow_return_to_forbidden"],
]);

/** Returns a self-service error as such callers see it. A provider of OpenID Connect, or a web hook, can write anything into it. */
export function redactError({ id, code, status, message, reason }: WireErrorBody): WireErrorBody {
  const redact = (text: string | undefined, isFixed: (text: string) => boolean) => text && (isFixed(text) ? text : MASKED);
  return {
    code,
    id: redact(id, (text) => ERROR_IDS.has(text)),
    status: redact(status, (text) => Object.values(STATUS_CODES).includes(text)),
    message: redact(message, isFixedErrorText),
    reason: redact(reason, isFixedErrorText),
  };
}

/** How the paths of Kratos end. The action of a verification flow is at last the URL to return to. */
const PATH = /\/(self-service\/(login|registration|recovery|verification|settings)(\/(api|browser))?|\.well-known\/ory\/webauthn\.js)$/;

/** Returns a URL of Kratos without its query, except for the ID of the flow: it can contain tokens, addresses and other URLs. */
function redactUrl(address: unknown, flowId?: string): string {
  if (typeof address !== "string" || !URL.canParse(address)) return MASKED;
  const { protocol, host, pathname, searchParams } = new URL(address);
  if (!/^https?:$/.test(protocol) || !PATH.test(pathname)) return MASKED;
  return `${protocol}//${host}${pathname}${flowId && searchParams.get("flow") === flowId ? `?flow=${flowId}` : ""}`;
}

function redactText({ id, text, type }: WireUiText, isTitle = false): WireUiText {
  return { id, text: isTitle || isFixedText(id, text) ? text : MASKED, type };
}

function redactNode({ type, group, attributes, messages, meta }: WireUiNode): WireUiNode {
  const label = meta?.label;
  const isTitled = label?.id === TITLE && String((attributes as Attributes)["name"]).startsWith("traits.");
  return {
    type: NODE_TYPES.has(type) ? type : MASKED,
    group: METHODS.has(group) ? group : MASKED,
    attributes: NODE_TYPES.has(type) ? redactAttributes(type, attributes as Attributes, isTitled) : {},
    messages: (messages ?? []).map((text) => redactText(text)),
    meta: { label: label && redactText(label, isTitled) },
  };
}

type Attributes = Readonly<Record<string, unknown>>;

function redactAttributes(nodeType: string, attributes: Attributes, isTitled: boolean): Attributes {
  const redacted = Object.entries(attributes).map(([key, value]): [string, unknown] => {
    if (value === null || value === "" || ATTRIBUTES.has(key)) return [key, value];
    switch (key) {
      case "name":
        return [key, isTitled || NAMES.has(value) ? value : MASKED];
      case "id":
        return [key, NAMES.has(value) ? value : MASKED];
      case "value":
        return [key, CONSTANT_INPUTS.has(attributes["name"]) ? value : MASKED];
      case "src":
        return [key, nodeType === "script" ? redactUrl(value) : MASKED];
      case "text":
      case "title":
      case "label":
        return [key, redactText(value as WireUiText)];
      default:
        return [key, typeof value === "string" ? MASKED : undefined];
    }
  });
  return Object.fromEntries(redacted);
}
