import { Field, ID, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import type { WireFlows } from "../../kratos/index.js";
import { DateTime, toEnumValue, timestamp } from "../scalars.js";
import { UiContainer } from "./ui.types.js";

export enum FlowType {
  API = "api",
  BROWSER = "browser",
}

registerEnumType(FlowType, {
  name: "FlowType",
  description: "What kind of client a flow was started by.",
  valuesConfig: {
    API: { description: "An app that talks to Kratos' API itself." },
    BROWSER: { description: "A browser, which carries Kratos' cookies." },
  },
});

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
    type: toEnumValue(FlowType, wire.type),
    issuedAt: wire.issued_at!,
    expiresAt: wire.expires_at!,
    requestUrl: wire.request_url!,
    active: wire.active || null,
    state: (wire.state as string | undefined) || null,
    returnTo: wire.return_to || null,
    ui: UiContainer.from(wire.ui),
  };
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A sign-in." })
export class LoginFlow extends SelfServiceFlow {
  @Field(() => Boolean, { description: "Whether the user must sign in although they are signed in." })
  refresh: boolean;

  @Field(() => String, { nullable: true, description: "The assurance that is asked for, as `aal2` for a second factor." })
  requestedAal: string | null;

  @Field(() => DateTime, { nullable: true, description: "When Kratos stored it." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "When it last changed." })
  updatedAt: string | null;

  static from(wire: WireFlows["login"]): LoginFlow {
    return Object.assign(new LoginFlow(), {
      ...flowFields(wire),
      refresh: wire.refresh ?? wire.forced ?? false,
      requestedAal: wire.requested_aal ?? null,
      createdAt: timestamp(wire.created_at),
      updatedAt: timestamp(wire.updated_at),
    } satisfies LoginFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A sign-up." })
export class RegistrationFlow extends SelfServiceFlow {
  static from(wire: WireFlows["registration"]): RegistrationFlow {
    return Object.assign(new RegistrationFlow(), { ...flowFields(wire) } satisfies RegistrationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A way back into an account." })
export class RecoveryFlow extends SelfServiceFlow {
  static from(wire: WireFlows["recovery"]): RecoveryFlow {
    return Object.assign(new RecoveryFlow(), { ...flowFields(wire) } satisfies RecoveryFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "The proof of an address." })
export class VerificationFlow extends SelfServiceFlow {
  static from(wire: WireFlows["verification"]): VerificationFlow {
    return Object.assign(new VerificationFlow(), { ...flowFields(wire) } satisfies VerificationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A change that a signed-in user makes to their own account." })
export class SettingsFlow extends SelfServiceFlow {
  /** Id of the user's identity, which `identity` loads: the flow itself shows only what the user may see of it. */
  identityId: string;

  static from(wire: WireFlows["settings"]): SettingsFlow {
    return Object.assign(new SettingsFlow(), { ...flowFields(wire), identityId: wire.identity.id } satisfies SettingsFlow);
  }
}
