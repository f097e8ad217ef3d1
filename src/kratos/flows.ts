import type { KratosApi, KratosClient } from "./client.js";
import { toResponseError } from "./error-mapping.js";
import { KratosNotFoundError, KratosVersionMismatchError, type KratosError } from "./errors.js";
import { expectObject } from "./response.js";
import { getSelfServiceError } from "./self-service-errors.js";
import type { WireFlows } from "./types.js";

export type FlowKind = keyof WireFlows;

/** Proves to Kratos whose flow it is. */
export interface FlowCredentials {
  /** The browser's `Cookie` header: later versions show a browser's flow to that browser only. */
  readonly cookie?: string;
  /** Session token of an app's user, for settings flows. */
  readonly sessionToken?: string;
}

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
          return expectObject<WireFlows[K]>(json, ["id", "issued_at", "expires_at", "request_url", "ui"]);
        });
      } catch (error) {
        throw error instanceof KratosVersionMismatchError ? await getErrorBehind(api, error) : error;
      }
    });
  }
}

/** v0.6.3 redirects even an API client to the error page, with the error's ID in the URL: that error is the answer. */
async function getErrorBehind(api: KratosApi, redirect: KratosVersionMismatchError): Promise<KratosError> {
  const id = URL.canParse(redirect.location) && new URL(redirect.location).searchParams.get("error");
  if (!id) return redirect;
  const [error] = (await getSelfServiceError(api, id)).errors;
  return toResponseError(redirect.operation, error?.code ?? 500, error, false);
}
