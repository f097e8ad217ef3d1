import { readObject } from "./answer.js";
import { errorOf } from "./error-mapping.js";
import { type KratosError, KratosVersionMismatchError, KratosNotFoundError } from "./errors.js";
import type { Release } from "./version.js";
import { getSelfServiceError } from "./self-service-errors.js";
import type { Upstream } from "./upstream.js";
import type { WireFlows } from "./types.js";

export type FlowKind = keyof WireFlows;

/** What shows Kratos whose flow it is. */
export interface FlowCredentials {
  /** The browser's Cookie header: newer releases give a browser's flow only to that browser. */
  readonly cookie?: string;
  /** The session token of an app's user, for settings flows. */
  readonly sessionToken?: string;
}

/** The self-service flows that a UI renders. */
export class Flows {
  constructor(private readonly upstream: Upstream) {}

  /**
   * @throws {KratosNotFoundError} where there is none of this id and kind
   * @throws {KratosFlowExpiredError} where its time is over
   * @throws {KratosForbiddenError} where the credentials are not those it was made with
   * @throws {KratosDisabledError} where flows of this kind are switched off
   */
  get<K extends FlowKind>(kind: K, id: string, credentials: FlowCredentials): Promise<WireFlows[K]> {
    const operation = `get${kind.charAt(0).toUpperCase()}${kind.slice(1)}Flow`;
    return this.upstream.run(operation, async (release) => {
      const answer = await this.upstream.sendToPublic(release, {
        operation,
        path: `/self-service/${kind}/flows`,
        query: { id },
        headers: headersOf(credentials),
      });
      try {
        return readObject<WireFlows[K]>(operation, answer, ["id", "issued_at", "expires_at", "request_url", "ui"]);
      } catch (error) {
        // v0.6.3 has `null` with status 200 for a verification flow that there is not.
        if (answer.status === 200 && answer.body.toString().trim() === "null") throw new KratosNotFoundError(operation);
        throw error instanceof KratosVersionMismatchError ? await this.#errorBehind(error, release) : error;
      }
    });
  }

  /** v0.6.3 sends even an API client to the error page, with the error's id in the address: the error is what is meant. */
  async #errorBehind(redirect: KratosVersionMismatchError, release: Release): Promise<KratosError> {
    const id = URL.canParse(redirect.location) && new URL(redirect.location).searchParams.get("error");
    if (!id) return redirect;
    const [error] = (await getSelfServiceError(this.upstream, release, id)).errors;
    return errorOf(redirect.operation, error?.code ?? 500, error);
  }
}

function headersOf({ cookie, sessionToken }: FlowCredentials): Record<string, string> {
  return { ...(cookie && { cookie }), ...(sessionToken && { "x-session-token": sessionToken }) };
}
