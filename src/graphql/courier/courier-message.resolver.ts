import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { isUuid } from "../../kratos/index.js";
import { listCost, oneRequest } from "../complexity.js";
import { AFTER_DESCRIPTION, decodePosition, FIRST_DESCRIPTION, getMaxPageSize, getPageSize } from "../connection.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, describeReceived } from "../errors.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { COURIER_MESSAGES, CourierMessage, CourierMessageConnection, CourierMessageDispatch, CourierMessageStatus } from "./courier-message.type.js";

@Resolver(() => CourierMessage)
export class CourierMessageResolver {
  @Tag("admin")
  @Authorized<Scope>("courier:read")
  @Query(() => CourierMessageConnection, {
    nullable: true,
    // A position inside of a page takes a second request.
    complexity: listCost(getMaxPageSize, () => 2),
    description: "List the messages that Kratos sends to users, the latest first, until Kratos deletes them. Requires Kratos v0.11 or later.",
  })
  async courierMessages(
    @Arg("first", () => Int, { nullable: true, description: FIRST_DESCRIPTION }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER_DESCRIPTION }) after: string | null | undefined,
    @Arg("status", () => CourierMessageStatus, { nullable: true, description: "Status of the messages to list. Default: any status." })
    status: CourierMessageStatus | null | undefined,
    @Arg("recipient", () => String, {
      nullable: true,
      description: "Recipient of the messages to list: the full address or phone number, exactly as Kratos stores it. Default: any recipient.",
    })
    recipient: string | null | undefined,
    @Ctx() { kratos, mask }: FacadeContext,
  ): Promise<CourierMessageConnection> {
    const count = getPageSize(first);
    const position = decodePosition(COURIER_MESSAGES, after);
    // Kratos would ignore it, and list the messages to all recipients.
    if (recipient === "") throw badUserInput('"recipient" must be an address or a phone number; received "".');
    const page = await kratos.courier.list(count, position, { status: status ?? undefined, recipient: recipient ?? undefined });
    return new CourierMessageConnection(page, position === undefined, mask);
  }

  @Tag("admin")
  @Authorized<Scope>("courier:read")
  @Query(() => CourierMessage, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up a message by ID. Returns null if it does not exist. An ID that is not a UUID is a `BAD_USER_INPUT` error. Requires Kratos v0.11.1 or later.",
  })
  async courierMessage(
    @Arg("id", () => ID, { description: "ID of the message." }) id: string,
    @Ctx() { courierMessages }: FacadeContext,
  ): Promise<CourierMessage | null> {
    if (!isUuid(id)) throw badUserInput(`"id" must be the ID of a message, which is a UUID; received ${describeReceived(id)}.`);
    return courierMessages.load(id);
  }

  @FieldResolver(() => [CourierMessageDispatch], {
    nullable: true,
    complexity: oneRequest,
    description: "Attempts to send the message, the latest first. In a list, each message requires a separate request to Kratos. Requires Kratos v0.11.1 or later.",
  })
  async dispatches(@Root() { id }: CourierMessage, @Ctx() { courierMessages }: FacadeContext): Promise<CourierMessageDispatch[] | null> {
    // The loader has the message already unless it comes from a list, which contains no dispatches.
    return (await courierMessages.load(id))?.knownDispatches ?? null;
  }
}
