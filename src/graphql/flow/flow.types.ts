import { Field, ID, InterfaceType, ObjectType, registerEnumType } from "type-graphql";
import type { FlowKind, WireFlows } from "../../kratos/index.js";
import { DateTime, toDateTime, toEnumValue } from "../scalars.js";
import { Tag } from "../tags.js";
import { UiContainer } from "./ui.types.js";

export enum FlowType {
  API = "api",
  BROWSER = "browser",
}

registerEnumType(FlowType, {
  name: "FlowType",
  description: "The type of client that a flow was started for.",
  valuesConfig: {
    API: { description: "An application that calls the Kratos API directly, e.g. a mobile app." },
    BROWSER: { description: "A browser, which Kratos recognizes by its cookies." },
  },
});

@InterfaceType({
  description:
    "A self-service flow: a form that a user fills in, and its state. Kratos keeps it until it expires. Without the scope `secrets:read`, whatever can contain personal data or a secret is `***`: most values of inputs, texts that are not the same for every user, and `returnTo`. URLs then have no query string, except for the ID of the flow.",
})
export abstract class SelfServiceFlow {
  @Field(() => ID, { description: "ID of the flow: the `flow` parameter in the URL of the page that shows it." })
  id: string;

  @Field(() => FlowType, { nullable: true, description: "Type of client that the flow was started for. Null if Kratos does not report it." })
  type: FlowType | null;

  @Field(() => DateTime, { description: "Time when the flow was started." })
  issuedAt: string;

  @Field(() => DateTime, { description: "Expiration time." })
  expiresAt: string;

  @Tag("personal-data")
  @Field(() => String, { description: "URL that the flow was started with, including its query string." })
  requestUrl: string;

  @Field(() => String, { nullable: true, description: "Method in use, e.g. `password`, `code` or `link`. Null if no method has been chosen yet." })
  active: string | null;

  @Field(() => String, {
    nullable: true,
    description: "State of the flow, e.g. `choose_method`. Null for login and registration flows before Kratos v1.1.",
  })
  state: string | null;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "URL to redirect the user to when the flow is complete. Null if Kratos uses its configured default." })
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

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A flow in which a user logs in." })
export class LoginFlow extends SelfServiceFlow {
  @Field(() => String, { nullable: true, description: "State of the flow, e.g. `choose_method`. Requires Kratos v1.1 or later. Null on earlier versions." })
  override state: string | null;

  @Field(() => Boolean, { description: "True if the user must sign in again even though they are already signed in." })
  refresh: boolean;

  @Field(() => String, {
    nullable: true,
    description: "Requested authenticator assurance level, e.g. `aal2` for a second factor. Null if Kratos does not report it.",
  })
  requestedAal: string | null;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last update. Null if Kratos does not report it." })
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

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A flow in which a user signs up." })
export class RegistrationFlow extends SelfServiceFlow {
  @Field(() => String, { nullable: true, description: "State of the flow, e.g. `choose_method`. Requires Kratos v1.1 or later. Null on earlier versions." })
  override state: string | null;

  static from(wire: WireFlows["registration"]): RegistrationFlow {
    return Object.assign(new RegistrationFlow(), toSelfServiceFlow(wire) satisfies RegistrationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A flow in which a user who cannot sign in regains access to their account." })
export class RecoveryFlow extends SelfServiceFlow {
  @Field(() => String, { nullable: true, description: "State of the flow, e.g. `choose_method` or `sent_email`." })
  override state: string | null;

  static from(wire: WireFlows["recovery"]): RecoveryFlow {
    return Object.assign(new RecoveryFlow(), toSelfServiceFlow(wire) satisfies RecoveryFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A flow in which a user verifies that an address belongs to them." })
export class VerificationFlow extends SelfServiceFlow {
  @Field(() => String, { nullable: true, description: "State of the flow, e.g. `choose_method` or `sent_email`." })
  override state: string | null;

  static from(wire: WireFlows["verification"]): VerificationFlow {
    return Object.assign(new VerificationFlow(), toSelfServiceFlow(wire) satisfies VerificationFlow);
  }
}

@ObjectType({ implements: SelfServiceFlow, simpleResolvers: true, description: "A flow in which a logged-in user changes their account." })
export class SettingsFlow extends SelfServiceFlow {
  @Field(() => String, { nullable: true, description: "State of the flow, e.g. `show_form` or `success`." })
  override state: string | null;

  /** The field `identity` loads this identity: the flow contains only what the user may see of it. */
  identityId: string;

  static from(wire: WireFlows["settings"]): SettingsFlow {
    return Object.assign(new SettingsFlow(), { ...toSelfServiceFlow(wire), identityId: wire.identity.id } satisfies SettingsFlow);
  }
}
