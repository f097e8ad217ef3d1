import { badRequest, KratosError, noSuchRow } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { json, type Reply } from "../http/reply.js";
import { uuidOrNone } from "../go/go-uuid.js";
import { newIdentity } from "../identities/identity-handlers.js";
import { defaultSchemaId, identitySchema } from "../identities/identity-schemas.js";
import { settleIdentity } from "../identities/settle-identity.js";
import { traitFaults } from "../identities/trait-faults.js";
import type { KratosState } from "../kratos-state.js";
import type { Flow } from "./flow.js";
import { flowJson } from "./flow-json.js";
import { newFlow } from "./flow-handlers.js";
import { openSession } from "./session.js";
import { failure, type UiMessage } from "./ui-node.js";

interface RegistrationBody {
  method?: unknown;
  password?: unknown;
  traits?: Record<string, unknown>;
}

/** The submitted registration of an API client. */
export function submitRegistration(state: KratosState, request: KratosRequest): Reply {
  const id = uuidOrNone(request.query.get("flow") ?? "");
  if (id === "") throw badRequest("The flow query parameter is missing or malformed.");
  const flow = state.flows.get(id);
  if (flow?.kind !== "registration") throw noSuchRow();
  if (flow.expiresAt < Date.now())
    return state.era.expiredRegistration(flow, newFlow(state, "registration", "api", request).id, state.publicUrl);

  const body = JSON.parse(request.body || "{}") as RegistrationBody;
  const refused = (formMessages: UiMessage[], nodeMessages: Record<string, UiMessage[]> = {}, traits?: unknown): Reply => {
    const refusal: Flow["refusal"] = { traits, formMessages, nodeMessages };
    state.flows.set(flow.id, { ...flow, refusal });
    return json(flowJson(state, { ...flow, refusal }), 400);
  };
  if (body.method !== "password") {
    return refused([failure(4010003, "Could not find a strategy to sign you up with. Did you fill out the form correctly?")]);
  }
  const faults = fieldFaults(state, body);
  if (Object.keys(faults).length > 0) return refused([], faults, body.traits);
  try {
    const draft = newIdentity(defaultSchemaId, state.era.registeredTraits(body.traits ?? {}));
    const registered = settleIdentity(state, draft, "create");
    const addresses = registered.verifiableAddresses.map((address) => ({
      ...address,
      status: state.verificationEnabled ? ("sent" as const) : address.status,
    }));
    state.identities.save({ ...registered, verifiableAddresses: addresses });
    return json(openSession(state, { ...registered, verifiableAddresses: addresses }, request));
  } catch (error) {
    if (!(error instanceof KratosError) || error.code !== 409) throw error;
    return refused([
      failure(4000007, "An account with the same identifier (email, phone, username, ...) exists already.", state.era.emptyContext),
    ]);
  }
}

/** Messages by the name of the field. */
function fieldFaults({ era }: KratosState, { password, traits = {} }: RegistrationBody): Record<string, UiMessage[]> {
  const messages: Record<string, UiMessage[]> = {};
  const missing = (property: string) => failure(4000002, `Property ${property} is missing.`, { property });
  if (typeof password !== "string" || password === "") return { password: [missing("password")] };
  const schema = identitySchema(defaultSchemaId);
  for (const fault of (schema && traitFaults(schema, traits)?.faults) ?? []) {
    if (fault.keyword !== "required") messages[fault.path] = [era.traitFailure(fault)];
    else for (const name of fault.names) messages[`${fault.path}.${name}`] = [missing(name)];
  }
  if (Object.keys(messages).length === 0 && password.length < era.shortestPassword)
    return { password: [era.passwordTooShort(password.length)] };
  return messages;
}
