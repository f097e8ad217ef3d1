import { Field, ObjectType } from "type-graphql";
import type { WireFlows } from "../../kratos/index.js";
import { DateTime, timestamp } from "../scalars/date-time.js";
import { flowFields, SelfServiceFlow } from "./self-service-flow.js";

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
