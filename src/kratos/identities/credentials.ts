import { type Check, isInt32, isString, listOf, mapOf, objectWith, optional } from "../response.js";
import type { WireCredential, WireIdentity } from "../types.js";

/** Whether the identifiers of a type are accounts at providers: `provider:subject`. */
export function isProviderType(type: string): boolean {
  return type === "oidc" || type === "saml";
}

/** What lists and identities are asked for to have their credentials: any other type would come with its secrets. */
export const WITHOUT_SECRETS = { include_credential: "link_recovery" } as const;

export const isCredentials: Check = mapOf(
  objectWith<WireCredential>({
    identifiers: optional(listOf(isString)),
    version: optional(isInt32),
    created_at: optional(isString),
    updated_at: optional(isString),
  }),
);

/** Keeps what is known to be no secret. Whatever else Kratos sends, e.g. a hash in `config`, ends where the response is read. */
export function withoutSecrets(credentials: WireIdentity["credentials"]): Readonly<Record<string, WireCredential>> {
  const entries = Object.entries(credentials ?? {}).map(([type, { identifiers, version, created_at, updated_at }]) => [
    type,
    { identifiers, version, created_at, updated_at },
  ]);
  return Object.fromEntries(entries) as Record<string, WireCredential>;
}
