import type { KratosApi } from "./api.js";
import type { KratosClient } from "./client.js";
import { toResponseError } from "./error-mapping.js";
import { KratosNotFoundError, KratosVersionMismatchError, type KratosError } from "./errors.js";
import { expectJson, isBoolean, isInt32, isJson, isJsonObject, isString, listOf, objectWith, optional, type Check } from "./response.js";
import { getSelfServiceError } from "./self-service-errors.js";
import type { WireFlow, WireFlows, WireIdentity, WireLoginFlow, WireSettingsFlow, WireUiContainer, WireUiNode, WireUiText } from "./types.js";

export type FlowKind = keyof WireFlows;

/** Proves to Kratos whose flow it is. */
export interface FlowCredentials {
  /** The browser's `Cookie` header: later versions show a browser's flow to that browser only. */
  readonly cookie?: string;
  /** Session token of an app's user, for settings flows. */
  readonly sessionToken?: string;
}

const isText = objectWith<WireUiText>({ id: isInt32, text: isString, type: isString, context: optional(isJsonObject) });
const isNode = objectWith<WireUiNode>({
  type: isString,
  group: isString,
  attributes: isJsonObject,
  // v0.6.3 sends null instead of an empty list.
  messages: optional(listOf(isText)),
  meta: optional(objectWith<WireUiNode["meta"]>({ label: optional(isText) })),
});

/** The attributes of each type of node that are not read as they come. A future version may have other types. */
const ATTRIBUTES: Readonly<Record<string, Check>> = {
  input: objectWith({ label: optional(isText), maxlength: optional(isInt32) }),
  img: objectWith({ width: optional(isInt32), height: optional(isInt32) }),
  a: objectWith({ title: optional(isText) }),
  text: objectWith({ text: optional(isText) }),
  div: objectWith({ data: optional(isJsonObject) }),
};

const isUiNode: Check = (value) => {
  const path = isNode(value);
  if (path !== undefined) return path;
  const { type, attributes } = value as WireUiNode;
  return Object.hasOwn(ATTRIBUTES, type) ? objectWith({ attributes: ATTRIBUTES[type]! })({ attributes }) : undefined;
};

const FLOW: Readonly<Record<keyof WireFlow, Check>> = {
  id: isString,
  type: optional(isString),
  issued_at: isString,
  expires_at: isString,
  request_url: isString,
  active: optional(isString),
  state: optional(isString),
  return_to: optional(isString),
  ui: objectWith<WireUiContainer>({ action: isString, method: isString, nodes: optional(listOf(isUiNode)), messages: optional(listOf(isText)) }),
};

const isFlow = objectWith<WireFlow>(FLOW);

export const FLOWS: Readonly<Record<FlowKind, Check>> = {
  login: objectWith<WireLoginFlow>({
    ...FLOW,
    refresh: optional(isBoolean),
    forced: optional(isBoolean),
    requested_aal: optional(isString),
    created_at: optional(isString),
    updated_at: optional(isString),
  }),
  registration: isFlow,
  recovery: isFlow,
  verification: isFlow,
  settings: objectWith<WireSettingsFlow>({ ...FLOW, identity: objectWith<Pick<WireIdentity, "id" | "traits">>({ id: isString, traits: isJson }) }),
};

/** Self-service flows, which a UI renders. */
export class Flows {
  constructor(private readonly client: KratosClient) {}

  /**
   * Gets a flow.
   * @throws {KratosNotFoundError} if there is no flow of this kind with this ID
   * @throws {KratosFlowExpiredError} if the flow has expired
   * @throws {KratosForbiddenError} if the credentials are not those that the flow was created with
   * @throws {KratosDisabledError} if flows of this kind are disabled
   */
  get<K extends FlowKind>(kind: K, id: string, { cookie, sessionToken }: FlowCredentials): Promise<WireFlows[K]> {
    const operation = `get${kind.charAt(0).toUpperCase()}${kind.slice(1)}Flow`;
    const headers = { ...(cookie && { cookie }), ...(sessionToken && { "x-session-token": sessionToken }) };
    return this.client.run(operation, async (api) => {
      try {
        return await api.public(operation, async (ory) => {
          const json = await ory.get(`self-service/${kind}/flows`, { searchParams: { id }, headers }).json();
          // v0.6.3 answers `null` with status 200 for a verification flow that does not exist.
          if (json === null) throw new KratosNotFoundError(operation);
          return expectJson<WireFlows[K]>(json, FLOWS[kind]);
        });
      } catch (error) {
        throw error instanceof KratosVersionMismatchError ? await getErrorBehind(api, error) : error;
      }
    });
  }
}

/**
 * v0.6.3 redirects even an API client to the error page, with the error's ID in the URL: that error is the answer.
 * @param isChange whether the request was sent to change something
 */
export async function getErrorBehind(api: KratosApi, redirect: KratosVersionMismatchError, isChange = false): Promise<KratosError> {
  const id = URL.canParse(redirect.location) && new URL(redirect.location).searchParams.get("error");
  if (!id) return redirect;
  const [error] = (await getSelfServiceError(api, id)).errors;
  return toResponseError(redirect.operation, error?.code ?? 500, error, isChange);
}
