import type { KratosApi } from "./api.js";
import type { KratosClient } from "./client.js";
import { expectJson, isJson, isString, listOf, objectWith, optional, toErrorBody } from "./response.js";
import type { WireErrorBody, WireSelfServiceError } from "./types.js";
import { toPublicError } from "./validation.js";

/** An error that Kratos keeps for the error page. */
export interface SelfServiceErrorRecord {
  readonly id: string;
  readonly errors: readonly WireErrorBody[];
  readonly created_at?: string;
  readonly updated_at?: string;
}

const OPERATION = "getSelfServiceError";

const isSelfServiceError = objectWith<WireSelfServiceError>({
  id: isString,
  error: isJson,
  errors: optional(listOf(isJson)),
  created_at: optional(isString),
  updated_at: optional(isString),
});

/** Errors that users were sent to the error page with. */
export class SelfServiceErrors {
  constructor(private readonly client: KratosClient) {}

  /**
   * Gets an error, without texts of the database and the network.
   * @param id as the error page received it. `stub:500` is an example that always exists
   * @throws {KratosNotFoundError} if there is no such error
   */
  get(id: string): Promise<SelfServiceErrorRecord> {
    return this.client.run(OPERATION, async (api) => {
      const { errors, ...record } = await getSelfServiceError(api, id);
      return { ...record, errors: errors.map(toPublicError) };
    });
  }
}

/** An error with all of its texts. */
export async function getSelfServiceError(api: KratosApi, id: string): Promise<SelfServiceErrorRecord> {
  const { error, errors, ...record } = await api.public(OPERATION, async (ory) => {
    // Recent API documents call the parameter `id`. Every version accepts `error`.
    const json = await ory.get("self-service/errors", { searchParams: { error: id } }).json();
    return expectJson<WireSelfServiceError>(json, isSelfServiceError);
  });
  return { ...record, errors: (errors ?? [error]).flatMap((item) => toErrorBody(item) ?? []) };
}
