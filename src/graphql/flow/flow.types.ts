import { Field, ID, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import type { FlowKind, WireFlows } from "../../kratos/index.js";
import { DateTime, toDateTime, toEnumValue } from "../scalars.js";
import { UiContainer } from "./ui.types.js";

export enum FlowType {
  API = "api",
  BROWSER = "browser",
}

registerEnumType(FlowType, {
  name: "FlowType",
  description: "The type of client that started a flow.",
  valuesConfig: {
    API: { description: "An application that calls the API of Kratos directly, without a browser." },
    BROWSER: { description: "A browser, which sends the cookies of Kratos." },
  },
});

@InterfaceType({ description: "A self-service flow: a form and its state, kept until it expires." })
export abstract class SelfServiceFlow {
  @Field(() => ID, { description: "ID of the flow: the `flow` parameter in the URL of the page that shows it." })
  id: string;

  @Field(() => FlowType, { nullable: true, description: "Type of client that started the flow. Null if Kratos does not report it." })
  type: FlowType | null;

  @Field(() => DateTime, { description: "Time the flow was started." })
  issuedAt: string;

  @Field(() => DateTime, { description: "Expiration time." })
  expiresAt: string;

  @Field(() => String, { description: "URL that the flow was started with, including the query." })
  requestUrl: string;

  @Field(() => String, { nullable: true, description: "Method in use, e.g. `password`. Null until the user chooses one." })
  active: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State of the flow, e.g. `choose_method`. Requires Kratos v1.1 or later, for some types of flows v0.7 or later. Null on earlier versions.",
  })
  state: string | null;

  @Field(() => String, { nullable: true, description: "URL to send the user to when the flow is complete. Null if it is the configured default." })
  returnTo: string | null;

  @Field(() => UiContainer, { description: "Form to show to the user." })
  ui: UiContainer;
}

function toSelfServiceFlow(wire: WireFlows[FlowKind]): SelfServiceFlow {
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

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A login flow: a user logs in." })
export class LoginFlow extends SelfServiceFlow {
  @Field(() => Boolean, { description: "True if the user must log in again although they are logged in." })
  refresh: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Required authenticator assurance level, e.g. `aal2` for a second factor. Null if Kratos does not report it.",
  })
  requestedAal: string | null;

  @Field(() => DateTime, { nullable: true, description: "Creation time." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update." })
  updatedAt: string | null;

  static from(wire: WireFlows["login"]): LoginFlow {
    return Object.assign(new LoginFlow(), {
      ...toSelfServiceFlow(wire),
      refresh: wire.refresh ?? wire.forced ?? false,
      requestedAal: wire.requested_aal ?? null,
      createdAt: toDateTime(wire.created_at),
      updatedAt: toDateTime(wire.updated_at),
    } satisfies LoginFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A registration flow: a user signs up." })
export class RegistrationFlow extends SelfServiceFlow {
  static from(wire: WireFlows["registration"]): RegistrationFlow {
    return Object.assign(new RegistrationFlow(), toSelfServiceFlow(wire) satisfies RegistrationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A recovery flow: a user who cannot log in regains access to their account." })
export class RecoveryFlow extends SelfServiceFlow {
  static from(wire: WireFlows["recovery"]): RecoveryFlow {
    return Object.assign(new RecoveryFlow(), toSelfServiceFlow(wire) satisfies RecoveryFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A verification flow: a user proves that an address is theirs." })
export class VerificationFlow extends SelfServiceFlow {
  static from(wire: WireFlows["verification"]): VerificationFlow {
    return Object.assign(new VerificationFlow(), toSelfServiceFlow(wire) satisfies VerificationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A settings flow: a user who is logged in changes their account." })
export class SettingsFlow extends SelfServiceFlow {
  /** The field `identity` loads this identity: the flow contains only what the user may see of it. */
  identityId: string;

  static from(wire: WireFlows["settings"]): SettingsFlow {
    return Object.assign(new SettingsFlow(), { ...toSelfServiceFlow(wire), identityId: wire.identity.id } satisfies SettingsFlow);
  }
}
