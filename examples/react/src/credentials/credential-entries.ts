import type { CredentialsOfIdentityFragment } from "../generated/graphql";
import { HIDDEN } from "../parts/meanings";

type Credential = NonNullable<CredentialsOfIdentityFragment["credentials"]>[number];

/** What Kratos calls the ways to sign in, in the words of the app. */
const LABELS: Readonly<Record<string, string>> = {
  password: "Password",
  oidc: "OpenID Connect",
  saml: "SAML",
  totp: "Authenticator app",
  lookup_secret: "Backup codes",
  webauthn: "Security key",
  passkey: "Passkey",
  code: "One-time code",
};

/** Those that Kratos deletes, besides accounts at providers. */
const DELETABLE = ["password", "totp", "lookup_secret", "webauthn"];

/** A credential in the list: an account at a provider, or all of another type. */
export interface CredentialEntry {
  readonly key: string;
  readonly type: string;
  /** Which account at a provider it is. */
  readonly identifier?: string;
  readonly label: string;
  /** What the user enters to sign in, or the account at the provider. */
  readonly details: readonly string[];
  readonly updatedAt: string | null;
  /** True if an older Kratos lists it for everybody. */
  readonly isUncertain: boolean;
  readonly isDeletable: boolean;
}

export function entriesOf(credentials: readonly Credential[]): CredentialEntry[] {
  return credentials.flatMap(({ type, configured, identifiers, providers, updatedAt }) => {
    const common = { type, updatedAt, isUncertain: configured === null };
    if (providers.length === 0) {
      const details = ["password", "code"].includes(type) ? identifiers : [];
      return [{ ...common, key: type, label: methodName(type), details, isDeletable: DELETABLE.includes(type) }];
    }
    return providers.map(({ provider, subject }) => {
      const identifier = `${provider}:${subject}`;
      return { ...common, key: `${type} ${identifier}`, identifier, label: `${methodName(type)}: ${provider}`, details: [subject], isDeletable: subject !== HIDDEN };
    });
  });
}

/** The name of a way to sign in. One that is not known here has the name that Kratos gives it. */
export function methodName(type: string): string {
  return LABELS[type] ?? type;
}
