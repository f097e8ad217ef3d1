import { Field, ID, InterfaceType } from "type-graphql";
import type { WireFlows } from "../../kratos/index.js";
import { memberOf } from "../member-of.js";
import { DateTime } from "../scalars/date-time.js";
import { FlowType } from "./flow-type.js";
import { UiContainer } from "./ui/ui-container.js";

@InterfaceType({ description: "One go of a user at something: a form with its state, which Kratos keeps until it expires." })
export abstract class SelfServiceFlow {
  @Field(() => ID, { description: "The flow's id: the `flow` in the address of the page that shows it." })
  id: string;

  @Field(() => FlowType, { nullable: true, description: "What kind of client started it; null where Kratos does not say." })
  type: FlowType | null;

  @Field(() => DateTime, { description: "When it was started." })
  issuedAt: string;

  @Field(() => DateTime, { description: "Until when it can be used." })
  expiresAt: string;

  @Field(() => String, { description: "Address that it was started at, with its query." })
  requestUrl: string;

  @Field(() => String, { nullable: true, description: "The method in use, as `password`; null as long as none is." })
  active: string | null;

  @Field(() => String, { nullable: true, description: "How far it is, as `choose_method`; null where Kratos does not say." })
  state: string | null;

  @Field(() => String, { nullable: true, description: "Where the user goes when it is done; null for the configured place." })
  returnTo: string | null;

  @Field(() => UiContainer, { description: "The form to show." })
  ui: UiContainer;
}

/** What all flows have in common. */
export function flowFields(wire: WireFlows[keyof WireFlows]): SelfServiceFlow {
  return {
    id: wire.id,
    type: memberOf(FlowType, wire.type),
    issuedAt: wire.issued_at!,
    expiresAt: wire.expires_at!,
    requestUrl: wire.request_url!,
    active: wire.active || null,
    state: (wire.state as string | undefined) || null,
    returnTo: wire.return_to || null,
    ui: UiContainer.from(wire.ui),
  };
}
