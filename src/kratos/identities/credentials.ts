import { type Check, isInt32, isJsonObject, isString, listOf, mapOf, objectWith, optional } from "../response.js";
import type { WireCredential, WireIdentity } from "../types.js";

/** Whether the identifiers of a type are accounts at providers: `provider:subject`. */
export function isProviderType(type: string): boolean {
  return type === "oidc" || type === "saml";
}

/** A credential as Kratos sends it. */
interface SentCredential extends WireCredential {
  readonly config?: Readonly<Record<string, unknown>> | null;
}

/** Whether the `config` of a type that Kratos lists in any case has a secret. */
const HAS_SECRET: ReadonlyMap<string, (config: Readonly<Record<string, unknown>>) => boolean> = new Map([
  ["password", ({ hashed_password, use_password_migration_hook }) => Boolean(hashed_password) || use_password_migration_hook === true],
  ["webauthn", ({ credentials }) => Array.isArray(credentials) && credentials.length > 0],
]);

/**
 * What Kratos is asked for to send all types of credentials. It sends the `config` of the named types, too, which contains the
 * secrets. The identity schema adds these two types to every identity, and only their `config` says whether they are set up.
 */
export const INCLUDE_CREDENTIALS = [...HAS_SECRET.keys()].map((type) => ["include_credential", type]);

export const isCredentials: Check = mapOf(
  objectWith<SentCredential>({
    identifiers: optional(listOf(isString)),
    version: optional(isInt32),
    created_at: optional(isString),
    updated_at: optional(isString),
    isSetUp: () => undefined,
    config: optional(isJsonObject),
  }),
);

/** Keeps what is known to be no secret. Whatever else Kratos sends, e.g. a hash in `config`, ends where the response is read. */
export function withoutSecrets(credentials: WireIdentity["credentials"]): Readonly<Record<string, WireCredential>> {
  const entries = Object.entries<SentCredential>(credentials ?? {}).map(([type, { identifiers, version, created_at, updated_at, config }]) => {
    const hasSecret = HAS_SECRET.get(type);
    const isSetUp = hasSecret ? config && hasSecret(config) : true;
    return [type, { identifiers, version, created_at, updated_at, isSetUp: isSetUp ?? undefined }];
  });
  return Object.fromEntries(entries) as Record<string, WireCredential>;
}
