import { getEach } from "./batch.js";
import type { KratosClient } from "./client.js";
import { getNextToken, listByToken, type ListPage, type ListPosition } from "./pages.js";
import { expectJson, isInt32, isJsonObject, isString, listOf, objectWith, optional } from "./response.js";
import { isUuid, type WireMessage, type WireMessageDispatch } from "./types.js";

export interface MessageFilter {
  readonly status?: string;
  /** The whole address, exactly as Kratos has it. */
  readonly recipient?: string;
}

const isMessage = objectWith<WireMessage>({
  id: isString,
  status: isString,
  type: isString,
  recipient: isString,
  body: isString,
  subject: isString,
  template_type: isString,
  channel: optional(isString),
  send_count: isInt32,
  dispatches: optional(
    listOf(
      objectWith<WireMessageDispatch>({
        id: isString,
        status: isString,
        error: optional(isJsonObject),
        created_at: isString,
        updated_at: isString,
      }),
    ),
  ),
  created_at: isString,
  updated_at: isString,
});
const areMessages = listOf(isMessage);

/** The emails and text messages that Kratos sends to users. Every method can throw any {@link KratosError}. */
export class Courier {
  constructor(private readonly client: KratosClient) {}

  /**
   * Lists messages, the latest first.
   * @param first maximum number of messages, 1 to 250
   * @throws {KratosPositionError} if the position is not one of this list
   */
  list(first: number, after: ListPosition | undefined, { status, recipient }: MessageFilter): Promise<ListPage<WireMessage>> {
    const operation = "listCourierMessages";
    return this.client.run(operation, async (api) => {
      api.require(operation, "courierMessages");
      const read = (size: number, page_token: string | undefined) =>
        api.admin(operation, async (admin) => {
          const response = admin.get("courier/messages", { searchParams: { page_size: size, page_token, status, recipient } });
          return { items: expectJson<WireMessage[]>(await response.json(), areMessages), next: getNextToken(await response) };
        });
      return listByToken(operation, read, first, after);
    });
  }

  /**
   * Gets messages with their dispatches, one request each. An ID that could not be looked up has its error; an unknown one is absent.
   * @param ids any strings. Kratos is not asked for those that are not UUIDs
   */
  async find(ids: readonly string[]): Promise<ReadonlyMap<string, WireMessage | Error>> {
    const operation = "getCourierMessage";
    const { deadline } = this.client;
    return getEach(ids.filter(isUuid), (id) =>
      this.client.run(operation, async (api) => {
        api.require(operation, "courierMessage");
        return api.admin(operation, async (admin) => expectJson<WireMessage>(await admin.get(`courier/messages/${id}`).json(), isMessage), { deadline });
      }),
    );
  }
}
