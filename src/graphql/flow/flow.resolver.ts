import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import type { FlowKind, WireFlows } from "../../kratos/index.js";
import { oneRequest } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, nullIfNotFound } from "../errors.js";
import { Identity } from "../identity/identity.type.js";
import type { Scope } from "../scopes.js";
import { LoginFlow, RecoveryFlow, RegistrationFlow, SettingsFlow, VerificationFlow } from "./flow.types.js";
import { redactFlow, redactFlowError } from "./redact.js";

const ID_ARG = { description: "ID of the flow: the `flow` parameter in the URL of the page that shows it." };

@Resolver(() => SettingsFlow)
export class FlowResolver {
  @Authorized<Scope>("flows:read")
  @Query(() => LoginFlow, { nullable: true, complexity: oneRequest, description: "Look up a login flow by ID. Returns null if it does not exist." })
  loginFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<LoginFlow | null> {
    return getFlow("login", id, context, LoginFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => RegistrationFlow, { nullable: true, complexity: oneRequest, description: "Look up a registration flow by ID. Returns null if it does not exist." })
  registrationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RegistrationFlow | null> {
    return getFlow("registration", id, context, RegistrationFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => RecoveryFlow, { nullable: true, complexity: oneRequest, description: "Look up a recovery flow by ID. Returns null if it does not exist." })
  recoveryFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<RecoveryFlow | null> {
    return getFlow("recovery", id, context, RecoveryFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => VerificationFlow, { nullable: true, complexity: oneRequest, description: "Look up a verification flow by ID. Returns null if it does not exist." })
  verificationFlow(@Arg("id", () => ID, ID_ARG) id: string, @Ctx() context: FacadeContext): Promise<VerificationFlow | null> {
    return getFlow("verification", id, context, VerificationFlow.from);
  }

  @Authorized<Scope>("flows:read")
  @Query(() => SettingsFlow, {
    nullable: true,
    complexity: oneRequest,
    description:
      "Look up a settings flow by ID. Kratos v0.7 and later return a settings flow only to the user it belongs to; anyone else gets a `FORBIDDEN` error. If the flow does not exist, a request with a session returns null (on v0.7, a `FORBIDDEN` error), and a request without a session returns a `FORBIDDEN` error. Kratos v0.6 does not require a session.",
  })
  settingsFlow(
    @Arg("id", () => ID, ID_ARG) id: string,
    @Arg("sessionToken", () => String, {
      nullable: true,
      description: "Session token of the user the flow belongs to. Default: the session in the `X-Session-Token` or `Cookie` header of the request, unless the server accepts sessions of users: then such a header makes the request one of the user, who cannot read flows.",
    })
    sessionToken: string | null | undefined,
    @Ctx() context: FacadeContext,
  ): Promise<SettingsFlow | null> {
    if (!sessionToken) return getFlow("settings", id, context, SettingsFlow.from);
    if (!/^[\x21-\x7e]+$/.test(sessionToken)) {
      // The message does not repeat the value, which may be a mistyped secret.
      throw badUserInput('"sessionToken" must be a session token of Kratos: printable ASCII characters without spaces. Received other characters.');
    }
    const flowCredentials = { ...context.flowCredentials, sessionToken };
    return getFlow("settings", id, { ...context, flowCredentials }, SettingsFlow.from);
  }

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "Identity of the user the flow belongs to. Null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity(@Root() { identityId }: SettingsFlow, @Ctx() { identities }: FacadeContext): Promise<Identity | null> {
    return identities.load(identityId);
  }
}

async function getFlow<Kind extends FlowKind, Flow>(
  kind: Kind,
  id: string,
  context: FacadeContext,
  from: (wire: WireFlows[Kind]) => Flow,
): Promise<Flow | null> {
  const isRedacted = !context.caller.scopes.has("secrets:read");
  try {
    const wire = await nullIfNotFound(context.kratos.flows.get(kind, id, context.flowCredentials));
    return wire && from(isRedacted ? redactFlow(wire) : wire);
  } catch (error) {
    throw isRedacted ? redactFlowError(error) : error;
  }
}
