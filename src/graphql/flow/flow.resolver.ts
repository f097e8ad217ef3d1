import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { KratosNotFoundError, type FlowKind, type WireFlows } from "../../kratos/index.js";
import type { FacadeContext } from "../context.js";
import { badUserInput } from "../errors/bad-user-input.js";
import { LoginFlow, RecoveryFlow, RegistrationFlow, SettingsFlow, VerificationFlow } from "./flows.js";

const ID_ARG = { description: "The flow's id: the `flow` in the address of the page that shows it." };

@Resolver()
export class FlowResolver {
  @Query(() => LoginFlow, { nullable: true, description: "A sign-in under way; null where there is none with this id." })
  loginFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<LoginFlow | null> {
    return read("login", id, context, LoginFlow.from);
  }

  @Query(() => RegistrationFlow, { nullable: true, description: "A sign-up under way; null where there is none with this id." })
  registrationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RegistrationFlow | null> {
    return read("registration", id, context, RegistrationFlow.from);
  }

  @Query(() => RecoveryFlow, { nullable: true, description: "An account recovery under way; null where there is none with this id." })
  recoveryFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RecoveryFlow | null> {
    return read("recovery", id, context, RecoveryFlow.from);
  }

  @Query(() => VerificationFlow, { nullable: true, description: "A proof of an address under way; null where there is none with this id." })
  verificationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<VerificationFlow | null> {
    return read("verification", id, context, VerificationFlow.from);
  }

  @Query(() => SettingsFlow, {
    nullable: true,
    description: "A change of settings under way; null where there is none with this id. Newer Kratos gives it to its own user alone.",
  })
  settingsFlow(
    @Arg("id", () => ID, ID_ARG) id: string,
    @Arg("sessionToken", () => String, {
      nullable: true,
      description: "Session token of the user whose flow it is; left out, the request's own X-Session-Token or Cookie counts.",
    })
    sessionToken: string | null | undefined,
    @Ctx() context: FacadeContext,
  ): Promise<SettingsFlow | null> {
    if (!sessionToken) return read("settings", id, context, SettingsFlow.from);
    if (!/^[\x21-\x7e]+$/.test(sessionToken)) {
      throw badUserInput('"sessionToken" must be a token as Kratos gave it: printable ASCII without spaces.');
    }
    const flowCredentials = { ...context.flowCredentials, sessionToken };
    return read("settings", id, { ...context, flowCredentials }, SettingsFlow.from);
  }
}

async function read<K extends FlowKind, Flow>(
  kind: K,
  id: string,
  { kratos, flowCredentials }: FacadeContext,
  from: (wire: WireFlows[K]) => Flow,
): Promise<Flow | null> {
  try {
    return from(await kratos.flows.get(kind, id, flowCredentials));
  } catch (error) {
    if (error instanceof KratosNotFoundError) return null;
    throw error;
  }
}
