import { GraphQLJSONObject } from "graphql-scalars";
import { Authorized, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { ListPage, WireMessage, WireMessageDispatch } from "../../kratos/index.js";
import { encodePosition, PageInfo } from "../connection.js";
import { DateTime, toDateTime, toEnumValue } from "../scalars.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { MASKED, type TraitsMask } from "../traits-mask.js";

export enum CourierMessageStatus {
  QUEUED = "queued",
  PROCESSING = "processing",
  SENT = "sent",
  ABANDONED = "abandoned",
}

registerEnumType(CourierMessageStatus, {
  name: "CourierMessageStatus",
  description: "The status of a message.",
  valuesConfig: {
    QUEUED: { description: "The message is waiting to be sent, for the first time or again." },
    PROCESSING: { description: "The message is being sent." },
    SENT: { description: "The message was handed over to the mail server or the provider. This does not mean that it was delivered." },
    ABANDONED: { description: "The message could not be sent, and Kratos does not try again." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An attempt to send a message." })
export class CourierMessageDispatch {
  @Field(() => ID, { description: "ID of the attempt." })
  readonly id: string;

  @Field(() => String, { description: "Result of the attempt: `success`, `failed`, or another one that Kratos defines." })
  readonly status: string;

  @Tag("personal-data")
  @Authorized<Scope>("secrets:read")
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    simple: false,
    description: "The error, if the attempt failed. It can contain addresses. Null if there was no error. Requires the scope `secrets:read`.",
  })
  readonly error: object | null;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
  readonly updatedAt: string | null;

  constructor({ id, status, error, created_at, updated_at }: WireMessageDispatch) {
    this.id = id;
    this.status = status;
    this.error = error ?? null;
    this.createdAt = toDateTime(created_at);
    this.updatedAt = toDateTime(updated_at);
  }
}

/** What Kratos shows in place of a text unless it runs in development mode. */
const REDACTED = "<redacted-unless-dev-mode>";

@ObjectType({ simpleResolvers: true, description: "An email or a text message that Kratos sends to a user." })
export class CourierMessage {
  @Field(() => ID, { description: "ID of the message: a UUID." })
  readonly id: string;

  @Field(() => CourierMessageStatus, { nullable: true, description: "Status of the message. Null if this API does not know the status." })
  readonly status: CourierMessageStatus | null;

  @Field(() => String, { description: "Type of the message: `email`, `sms` (`phone` in earlier versions of Kratos), or another one that Kratos defines." })
  readonly type: string;

  @Tag("personal-data")
  @Field(() => String, { description: "Email address or phone number of the recipient. `***` if `TRAITS_MASK` is set and the caller lacks the scope `secrets:read`." })
  readonly recipient: string;

  @Tag("personal-data")
  @Authorized<Scope>("secrets:read")
  @Field(() => String, {
    nullable: true,
    simple: false,
    description: "Subject of the message, which can contain a code. Null for a text message. On Kratos v25 and later, also null unless Kratos runs in development mode. Requires the scope `secrets:read`.",
  })
  readonly subject: string | null;

  @Tag("personal-data")
  @Authorized<Scope>("secrets:read")
  @Field(() => String, {
    nullable: true,
    simple: false,
    description: "Text of the message, including links and codes. Null unless Kratos runs in development mode (`--dev`). Requires the scope `secrets:read`.",
  })
  readonly body: string | null;

  @Field(() => String, { description: "Name of the template, e.g. `recovery_code_valid` or `verification_valid`." })
  readonly templateType: string;

  @Field(() => String, { nullable: true, description: "ID of the courier channel, e.g. `email`. Null on earlier versions of Kratos." })
  readonly channel: string | null;

  @Field(() => Int, { description: "Number of times that Kratos has tried to send the message." })
  readonly sendCount: number;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
  readonly updatedAt: string | null;

  /** Not part of the schema. Lists contain none, even if there are some. */
  readonly knownDispatches: CourierMessageDispatch[];

  /** @param mask if there is one, the recipient is hidden: any address can be a hidden trait */
  constructor(wire: WireMessage, mask: TraitsMask | undefined) {
    this.id = wire.id;
    this.status = toEnumValue(CourierMessageStatus, wire.status);
    this.type = wire.type;
    this.recipient = mask ? MASKED : wire.recipient;
    this.subject = toText(wire.subject);
    this.body = toText(wire.body);
    this.templateType = wire.template_type;
    this.channel = wire.channel || null;
    this.sendCount = wire.send_count;
    this.createdAt = toDateTime(wire.created_at);
    this.updatedAt = toDateTime(wire.updated_at);
    this.knownDispatches = (wire.dispatches ?? []).map((dispatch) => new CourierMessageDispatch(dispatch));
  }
}

function toText(text: string): string | null {
  return text === "" || text === REDACTED ? null : text;
}

@ObjectType({ simpleResolvers: true, description: "A message in a list." })
export class CourierMessageEdge {
  @Field(() => CourierMessage, { description: "The message." })
  readonly node: CourierMessage;

  @Field(() => String, { description: "Position of the message in the list. To get the messages that follow, pass it as `after`, with any page size." })
  readonly cursor: string;

  constructor(node: CourierMessage, cursor: string) {
    this.node = node;
    this.cursor = cursor;
  }
}

/** Name of the list in its cursors. */
export const COURIER_MESSAGES = "courierMessages";

@ObjectType({ simpleResolvers: true, description: "A page of messages." })
export class CourierMessageConnection {
  @Field(() => [CourierMessageEdge], { description: "Messages on the page, each with its cursor." })
  readonly edges: CourierMessageEdge[];

  @Field(() => PageInfo, { description: "Information about the page." })
  readonly pageInfo: PageInfo;

  constructor({ entries, hasNextPage }: ListPage<WireMessage>, isFirstPage: boolean, mask: TraitsMask | undefined) {
    this.edges = entries.map(({ item, position }) => new CourierMessageEdge(new CourierMessage(item, mask), encodePosition(COURIER_MESSAGES, position)));
    this.pageInfo = new PageInfo(this.edges.map(({ cursor }) => cursor), isFirstPage, hasNextPage);
  }
}
