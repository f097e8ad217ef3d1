import { readObject } from "./answer.js";
import type { Release } from "./version.js";
import type { Upstream } from "./upstream.js";
import type { WireErrorBody, WireSelfServiceError } from "./types.js";

/** An error that Kratos kept for the user's error page. */
export interface SelfServiceErrorRecord {
  readonly id: string;
  readonly errors: readonly WireErrorBody[];
  readonly created_at?: string;
  readonly updated_at?: string;
}

const operation = "getSelfServiceError";

/** The errors that users were sent to the error page with. */
export class SelfServiceErrors {
  constructor(private readonly upstream: Upstream) {}

  /**
   * @param id as the error page was given it; `stub:500` gives an example
   * @throws {KratosNotFoundError} where there is none
   */
  get(id: string): Promise<SelfServiceErrorRecord> {
    return this.upstream.run(operation, (release) => getSelfServiceError(this.upstream, release, id));
  }
}

export async function getSelfServiceError(upstream: Upstream, release: Release, id: string): Promise<SelfServiceErrorRecord> {
  // Newer documents call the parameter `id`; all releases take `error`.
  const request = { operation, path: "/self-service/errors", query: { error: id } };
  const { error, errors, ...rest } = readObject<WireSelfServiceError>(
    operation,
    await upstream.sendToPublic(release, request),
    ["id"],
  );
  return { ...rest, errors: (errors ?? [error]).filter((one): one is WireErrorBody => typeof one === "object" && one !== null) };
}
