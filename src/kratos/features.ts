import { compare } from "semver";

/** The oldest version of Kratos that the adapter supports. */
export const OLDEST_VERSION = "v0.6.3-alpha.1";

/** What differs between versions, each with the first version that has it. Taken from Ory's sources, and checked with the programs. */
export const FIRST_VERSION = {
  /** Flows, errors and schemas are served on the public port. The admin port redirects there (307). */
  publicPort: "v0.7.0-alpha.1",
  /** An identity has a state. */
  state: "v0.7.0-alpha.1",
  /** An identity that is read by itself has its credentials, without their secrets. */
  credentials: "v0.7.0-alpha.1",
  /** Identity schemas are listed, on the public port. */
  schemaList: "v0.8.0-alpha.2",
  /** All sessions of an identity are deleted at once. */
  deleteIdentitySessions: "v0.8.0-alpha.2",
  /** Users list and revoke their own sessions. */
  ownSessions: "v0.8.3-alpha.1.pre.0",
  /** A recovery link takes over `return_to`. v0.8 checks the URL, and loses it. */
  recoveryReturnTo: "v0.9.0-alpha.1",
  /** A schema's ID in a path may be base64url, so that any ID is a single plain segment. */
  base64SchemaIds: "v0.9.0-alpha.1",
  /** An identity is created with credentials, and with addresses that are verified already. */
  credentialsImport: "v0.9.0-alpha.1",
  /** Identities and recovery links are under `/admin`. */
  adminPrefix: "v0.9.0-alpha.2",
  /** The sessions of an identity are listed. */
  identitySessions: "v0.9.0-alpha.2",
  /** A session is extended. */
  extendSession: "v0.10.0",
  /** An identity has public and admin metadata. */
  metadata: "v0.10.0",
  /** A password is imported as a hash of Argon2i. */
  argon2iHash: "v0.10.0",
  /** A password is imported as a hash of scrypt, Firebase scrypt or MD5. */
  scryptHash: "v0.11.0",
  /** All sessions are listed; one is read, and revoked. */
  sessions: "v0.11.0",
  /** Recovery codes are created. */
  recoveryCodes: "v0.11.0",
  /** Messages of the courier are listed. */
  courierMessages: "v0.11.0",
  /** One message of the courier is read, with its dispatches. */
  courierMessage: "v0.11.1",
  /** A password is imported as a hash of SHA, with or without a salt. */
  shaHash: "v0.13.0",
  /** `PATCH /identities/{id}` changes what it names. PUT deletes the metadata that it is not given. Before v0.13, PATCH deletes `metadata_admin`. */
  patch: "v0.13.0",
  /** `PATCH /identities` creates many identities. */
  batch: "v0.13.0",
  /** A credential of an identity is deleted, if it is a second factor. */
  deleteCredential: "v0.13.0",
  /** The list accepts `credentials_identifier=`. Earlier versions ignore it, and list everybody. */
  identifierFilter: "v0.13.0",
  /** The sessions of an identity are listed in the order of sign-ins, the latest first. Earlier, their order is undefined. */
  sessionOrder: "v1.0.0",
  /** A password is imported as a hash of crypt(3): MD5-crypt, SHA256-crypt or SHA512-crypt. */
  cryptHash: "v1.0.0",
  /** A password is imported as an HMAC. */
  hmacHash: "v1.1.0",
  /** The list continues after the ID in `page_token`, in ascending order. Earlier, it has numbered pages in descending order. */
  keysetPages: "v1.1.0",
  /** The list accepts `ids=`. */
  idsFilter: "v1.1.0",
  /** Recovery codes can be for an app. */
  recoveryCodeFlowType: "v1.2.0",
  /**
   * The list accepts `preview_credentials_identifier_similar=`, which it compares with the start of an identifier. v1.1 compares it
   * with any part, or by similarity, and earlier versions ignore it, and list everybody.
   */
  identifierPrefixFilter: "v1.2.0",
  /** An identity and the list accept `include_credential=`. */
  includeCredential: "v1.2.0",
  /** The account of an identity at a provider is deleted. */
  deleteOidcCredential: "v1.3.0",
  /** The list accepts `organization_id=`. Earlier versions ignore it, and list everybody. */
  organizationFilter: "v1.3.8",
  /** An identity has an external ID, and is found by it. */
  externalId: "v25.4.0",
  /** Passwords are deleted, too. */
  deleteAnyCredential: "v25.4.0",
  /** A change of an identity changes its `updated_at`. */
  updatedAt: "v25.4.0",
} as const;

export type Feature = keyof typeof FIRST_VERSION;

/** Whether a version has each of these features. */
export type Features = Readonly<Record<Feature, boolean>>;

/** @param version a version that can be compared, e.g. `v1.3.1` */
export function getFeatures(version: string): Features {
  const entries = Object.entries(FIRST_VERSION).map(([feature, first]) => [feature, compare(version, first) >= 0]);
  return Object.fromEntries(entries) as Features;
}
