import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { FlowKind, WireFlows } from "../../kratos/index.js";
import type { Scope } from "../scopes.js";
import type { FacadeContext } from "../context.js";
import { oneRequest } from "../complexity.js";
import { badUserInput, nullIfNotFound } from "../errors.js";
import { Identity } from "../identity/identity.type.js";
import { withoutSecrets, withoutSettingsTraits } from "./redact.js";
import { LoginFlow, RecoveryFlow, RegistrationFlow, SettingsFlow, VerificationFlow } from "./flow.types.js";

const ID_ARG = { description: "The flow's id: the `flow` in the address of the page that shows it." };

@Resolver(() => SettingsFlow)
export class FlowResolver {
  @Authorized<Scope>("flows:read")
  @Query(() => LoginFlow, { nullable: true, complexity: oneRequest, description: "A sign-in under way; null where there is none with this id." })
  loginFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<LoginFlow | null> {
    return read("login", id, context, LoginFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => RegistrationFlow, { nullable: true, complexity: oneRequest, description: "A sign-up under way; null where there is none with this id." })
  registrationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RegistrationFlow | null> {
    return read("registration", id, context, RegistrationFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => RecoveryFlow, { nullable: true, complexity: oneRequest, description: "An account recovery under way; null where there is none with this id." })
  recoveryFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RecoveryFlow | null> {
    return read("recovery", id, context, RecoveryFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => VerificationFlow, { nullable: true, complexity: oneRequest, description: "A proof of an address under way; null where there is none with this id." })
  verificationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<VerificationFlow | null> {
    return read("verification", id, context, VerificationFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => SettingsFlow, {
    nullable: true,
    complexity: oneRequest,
    description:
      "A change of settings under way; null where there is none with this id. Newer Kratos gives it to its own user alone, and tells nobody else whether there is one.",
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

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, { nullable: true, complexity: oneRequest, description: "The user's identity." })
  identity(@Root() { identityId }: SettingsFlow, @Ctx() { identities }: FacadeContext): Promise<Identity | null> {
    return identities.load(identityId);
  }
}

async function read<K extends FlowKind, Flow>(
  kind: K,
  id: string,
  { kratos, flowCredentials, caller, mask }: FacadeContext,
  from: (wire: WireFlows[K]) => Flow,
): Promise<Flow | null> {
  const wire = await nullIfNotFound(kratos.flows.get(kind, id, flowCredentials));
  if (wire === null) return null;
  const shown = mask ? mask.flow(wire) : wire;
  const open = caller.scopes.has("secrets:read") ? shown : withoutSecrets(shown);
  const ui = kind !== "settings" || caller.scopes.has("identities:read") ? open.ui : withoutSettingsTraits(open.ui);
  return from({ ...open, ui });
}
