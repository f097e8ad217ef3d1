import { createHash, randomBytes } from "node:crypto";
import { badRequest, KratosError, notFound } from "../../src/fake-kratos/errors.js";
import type { Flows } from "../../src/fake-kratos/flows.js";
import type { Identities, Identity, NewIdentity } from "../../src/fake-kratos/identities.js";
import type { Profile } from "../../src/fake-kratos/profile.js";
import type { Api, KratosRequest } from "../../src/fake-kratos/server.js";

const NO_SESSION = new KratosError(401, { id: "session_inactive" });
const ANOTHER_USER = new KratosError(403, { id: "security_identity_mismatch" });

/** A settings flow, as far as it is filled in. */
interface SettingsForm {
  readonly id: string;
  readonly ui: { readonly nodes: readonly { readonly attributes: { readonly name?: string } }[] };
}

/** Adds users who sign up as an app does, and their settings flows. */
export function withSessions(api: Api, identities: Identities, flows: Flows, { guardsFlows }: Profile): Api {
  /** IDs of identities by session token. */
  const sessions = new Map<string, string>();
  /** IDs of identities by the ID of their settings flow. */
  const owners = new Map<string, string>();
  const userOf = ({ headers }: KratosRequest): Identity => {
    const user = identities.find(sessions.get(String(headers["x-session-token"])) ?? "");
    if (!user) throw NO_SESSION;
    return user;
  };
  return {
    admin: api.admin,
    public: {
      ...api.public,
      "POST /self-service/registration": ({ body }) => {
        const { traits } = body as Pick<NewIdentity, "traits">;
        const session_token = randomBytes(24).toString("base64url");
        const identity = identities.create({ schema_id: "default", traits });
        sessions.set(session_token, identity.id);
        return { json: { session_token, identity: withoutAdminMetadata(identity) } };
      },
      "POST /self-service/login": ({ body }) => {
        const { identifier, password } = body as { readonly identifier: string; readonly password: string };
        const identity = identities.sorted().find(({ verifiable_addresses: [address] }) => address?.value === identifier);
        const { password: known, hashed_password } = identities.getCredentials(identity?.id ?? "")?.password?.config ?? {};
        const md5 = createHash("md5").update(password).digest("base64");
        if (!identity || (known !== password && hashed_password !== `$md5$${md5}`)) throw badRequest("The provided credentials are invalid.");
        return { json: { identity: withoutAdminMetadata(identity) } };
      },
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
