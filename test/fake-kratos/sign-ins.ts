import { createHash, randomBytes, randomUUID } from "node:crypto";
import { badRequest, KratosError, notFound } from "../../src/fake-kratos/errors.js";
import type { Courier } from "../../src/fake-kratos/courier.js";
import type { Flows } from "../../src/fake-kratos/flows.js";
import type { Identities, Identity, NewIdentity } from "../../src/fake-kratos/identities.js";
import type { Profile } from "../../src/fake-kratos/profile.js";
import type { Sessions } from "../../src/fake-kratos/sessions.js";
import type { Api, KratosRequest, KratosResponse } from "../../src/fake-kratos/server.js";

const NO_SESSION = new KratosError(401, { id: "session_inactive" });
const ANOTHER_USER = new KratosError(403, { id: "security_identity_mismatch" });

/** A settings flow, as far as it is filled in. */
interface SettingsForm {
  readonly id: string;
  readonly ui: { readonly nodes: readonly { readonly attributes: { readonly name?: string } }[] };
}

/** Adds users who sign up, sign in and ask for a recovery email as an app does, and their settings flows. */
export function withSignIns(api: Api, identities: Identities, sessions: Sessions, courier: Courier, flows: Flows, { guardsFlows }: Profile): Api {
  /** IDs of sessions by their tokens. */
  const byToken = new Map<string, string>();
  /** IDs of identities by the ID of their settings flow. */
  const owners = new Map<string, string>();
  const userOf = ({ headers }: KratosRequest): Identity => {
    const id = byToken.get(String(headers["x-session-token"]));
    const session = sessions.sorted().find((one) => one.id === id);
    if (!session?.active) throw NO_SESSION;
    return identities.get(session.identityId);
  };
  const signIn = (identity: Identity, { headers }: KratosRequest): KratosResponse => {
    const session_token = randomBytes(24).toString("base64url");
    const device = { id: randomUUID(), ip_address: "127.0.0.1:1", user_agent: headers["user-agent"] ?? "", location: "" };
    const session = sessions.create({ identityId: identity.id, devices: [device] });
    byToken.set(session_token, session.id);
    return { json: { session_token, session: { id: session.id }, identity: withoutAdminMetadata(identity) } };
  };
  return {
    admin: api.admin,
    public: {
      ...api.public,
      "POST /self-service/registration": (request) => {
        const { traits, password } = request.body as Pick<NewIdentity, "traits"> & { readonly password: string };
        return signIn(identities.create({ schema_id: "default", traits }, { password: { config: { password } } }), request);
      },
      "POST /self-service/recovery": ({ body }) => {
        const { email } = body as { readonly email: string };
        courier.queue({ recipient: email, templateType: "recovery_valid" });
        return { json: { state: "sent_email" } };
      },
      "POST /self-service/login": (request) => {
        const { identifier, password } = request.body as { readonly identifier: string; readonly password: string };
        const identity = identities.sorted().find(({ verifiable_addresses: [address] }) => address?.value === identifier);
        const { password: known, hashed_password } = identities.getCredentials(identity?.id ?? "")?.password?.config ?? {};
        const md5 = createHash("md5").update(password).digest("base64");
        if (!identity || (known !== password && hashed_password !== `$md5$${md5}`)) throw badRequest("The provided credentials are invalid.");
        return signIn(identity, request);
      },
      "GET /sessions/whoami": (request) => ({ json: { identity: withoutAdminMetadata(userOf(request)) } }),
      "GET /self-service/settings/api": (request) => {
        const user = userOf(request);
        const { json } = flows.start("settings");
        owners.set(json.id, user.id);
        return { json };
      },
      "GET /self-service/settings/flows": (request) => {
        const user = guardsFlows ? userOf(request) : undefined;
        const { json } = flows.get("settings", request);
        const owner = identities.find(owners.get(json.id) ?? "");
        if (!owner) throw notFound();
        if (user && user.id !== owner.id) throw ANOTHER_USER;
        return { json: { ...fillIn(json as object as SettingsForm, owner), identity: withoutAdminMetadata(owner) } };
      },
    },
  };
}

/** What a user sees of their own identity. */
const withoutAdminMetadata = ({ metadata_admin: _, ...identity }: Identity): object => identity;

/** Puts the user's traits into a settings form: `traits.name.first` is the name of an input. */
function fillIn(form: SettingsForm, { traits }: Identity): SettingsForm {
  const valueOf = (name: string): unknown =>
    name.split(".").slice(1).reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], traits);
  const nodes = form.ui.nodes.map((node) => {
    const { name = "" } = node.attributes;
    return name.startsWith("traits.") ? { ...node, attributes: { ...node.attributes, value: valueOf(name) } } : node;
  });
  return { ...form, ui: { ...form.ui, nodes } };
}
