import { badRequest, KratosError } from "./errors.js";
import type { Identities, Identity, NewCredentials } from "./identities.js";
import type { Handler, KratosRequest, KratosResponse, Routes } from "./server.js";
import { ZERO_TIME } from "./time.js";

/** Parameters with which a list shows credentials. */
const SHOWING = ["include_credential", "credentials_identifier", "preview_credentials_identifier_similar"];

/** Adds the credentials of identities to what v26 serves at `/identities`, and their deletion. */
export function withCredentials(routes: Routes, identities: Identities): Routes {
  const add = (identity: Identity, included: readonly string[] = [], times: Times = identity): object => {
    const credentials = describe(identities, identity, included, times);
    return Object.keys(credentials).length > 0 ? { ...identity, credentials } : identity;
  };
  const included = ({ query }: KratosRequest) => query.getAll("include_credential");
  const answer = (route: string, toJson: (json: unknown, request: KratosRequest) => unknown): Record<string, Handler> => ({
    [route]: (request): KratosResponse => {
      const response = routes[route]!(request);
      return { ...response, json: toJson(response.json, request) };
    },
  });
  const withoutTimes = (json: unknown) => add(json as Identity, [], { created_at: ZERO_TIME, updated_at: ZERO_TIME });
  return {
    ...routes,
    ...answer("GET /identities", (json, request) => {
      const isShowing = SHOWING.some((name) => request.query.get(name));
      return isShowing ? (json as Identity[]).map((identity) => add(identity, included(request))) : json;
    }),
    ...answer("GET /identities/:id", (json, request) => add(json as Identity, included(request))),
    ...answer("GET /identities/by/external/:id", (json, request) => add(json as Identity, included(request))),
    ...answer("POST /identities", withoutTimes),
    ...answer("PATCH /identities/:id", withoutTimes),
    "DELETE /identities/:id/credentials/:type": ({ id, params: { type = "" }, query }) => {
      const identity = identities.get(id);
      if (!(type in describe(identities, identity, [], identity))) throw notSetUp(`You tried to remove a ${type} but this user have no ${type} set up.`);
      identities.setCredentials(identity.id, remove(type, identities.getCredentials(identity.id) ?? {}, query.get("identifier") ?? ""));
      return { status: 204 };
    },
  };
}

type Times = Pick<Identity, "created_at" | "updated_at">;

/**
 * Credentials as Kratos shows them, with the secrets of the included types. There is always a password if the identity schema
 * defines an identifier for it.
 */
function describe(identities: Identities, identity: Identity, included: readonly string[], { created_at, updated_at }: Times): Record<string, object> {
  const credentials = identities.getCredentials(identity.id) ?? {};
  const configs = new Map(Object.entries(credentials).map(([type, credential]) => [type, (credential as { readonly config: object } | undefined)?.config]));
  const { password, oidc } = identities.identifiersOf(identity);
  const identifiers: readonly (readonly [string, readonly string[]])[] = [
    ["password", password],
    ["oidc", [...oidc].sort()],
    ["totp", configs.get("totp") ? [identity.id] : []],
    ["lookup_secret", configs.get("lookup_secret") ? [identity.id] : []],
  ];
  const shown = identifiers.filter(([, list]) => list.length > 0);
  return Object.fromEntries(
    shown.map(([type, list]) => {
      const config = included.includes(type) ? { config: toStored(configs.get(type) ?? {}) } : {};
      return [type, { type, identifiers: list, ...config, version: 0, created_at, updated_at }];
    }),
  );
}

/** A password is stored as a hash. */
function toStored({ password, ...config }: { readonly password?: string }): object {
  return password === undefined ? config : { hashed_password: `$sha256$${Buffer.from(password).toString("base64")}` };
}

/** Accounts at OpenID Connect providers, as Kratos identifies them. */
export function getAccounts({ oidc }: Pick<NewCredentials, "oidc">): string[] {
  return oidc?.config.providers.map(({ provider, subject }) => `${provider}:${subject}`) ?? [];
}

function remove(type: string, { password, oidc, ...secondFactors }: NewCredentials, identifier: string): NewCredentials {
  if (type === "totp" || type === "lookup_secret") return { password, oidc, ...secondFactors, [type]: undefined };
  if ((password ? 1 : 0) + getAccounts({ oidc }).length < 2) throw badRequest("You cannot remove the last first factor credential.");
  if (type === "password") return { oidc, ...secondFactors };
  if (identifier === "") throw badRequest("You must provide an identifier to delete this credential.");
  const providers = oidc!.config.providers.filter((account) => getAccounts({ oidc: { config: { providers: [account] } } })[0] !== identifier);
  if (providers.length === oidc!.config.providers.length) throw notSetUp(`The identifier \`${identifier}\` was not found among OIDC credentials.`);
  return { password, oidc: providers.length > 0 ? { config: { providers } } : undefined, ...secondFactors };
}

const notSetUp = (reason: string): KratosError => new KratosError(404, { reason });
