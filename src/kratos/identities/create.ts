import type { KratosApi } from "../api.js";
import { KratosInvalidError, type ValidationIssue } from "../errors.js";
import type { Feature } from "../features.js";
import { toPathSegment } from "../path-segment.js";
import type { WireIdentity } from "../types.js";
import { expectIdentity } from "./get.js";
import { checkHash } from "./password-hash.js";

/** An address of a new identity. Kratos keeps it only if the identity's schema derives it from a trait. */
export interface NewAddress {
  readonly value: string;
  /** Channel of the address, e.g. `email`. */
  readonly via: string;
}

/** What a new identity can sign in with. */
export interface NewCredentials {
  /** A password in clear text, or as a hash in a format that Kratos knows: one of them. */
  readonly password?: { readonly password?: string; readonly hashedPassword?: string };
  /** Accounts at OpenID Connect providers. */
  readonly oidc?: readonly { readonly provider: string; readonly subject: string }[];
}

/** An identity to create. What is left out has Kratos' default. */
export interface NewIdentity {
  readonly schemaId: string;
  readonly traits: object;
  readonly state?: IdentityState;
  readonly metadataPublic?: unknown;
  readonly metadataAdmin?: unknown;
  readonly externalId?: string;
  readonly verifiableAddresses?: readonly (NewAddress & { readonly verified: boolean })[];
  readonly recoveryAddresses?: readonly NewAddress[];
  readonly credentials?: NewCredentials;
}

const STATES = ["active", "inactive"] as const;

export type IdentityState = (typeof STATES)[number];

const OPERATION = "createIdentity";

/** What not every version has. */
const FIELD_FEATURES = {
  state: "state",
  metadataPublic: "metadata",
  metadataAdmin: "metadata",
  verifiableAddresses: "credentialsImport",
  recoveryAddresses: "credentialsImport",
  credentials: "credentialsImport",
  externalId: "externalId",
} as const satisfies Partial<Record<keyof NewIdentity, Feature>>;

/** @throws {KratosInvalidError} if Kratos rejects it, or the connected Kratos does not have what it needs */
export function createIdentity(api: KratosApi, identity: NewIdentity): Promise<WireIdentity> {
  const json = toCreateBody(OPERATION, api, identity);
  return api.admin(OPERATION, async (admin) => expectIdentity(await admin.post("identities", { json }).json()));
}

/**
 * The body of a request that creates an identity, also as a part of a batch.
 * @throws {KratosInvalidError} with all issues that Kratos would not report, or not for this identity alone
 * @throws {KratosUnsupportedError} if the version would ignore or reject a part of it
 */
export function toCreateBody(operation: string, api: KratosApi, identity: NewIdentity): object {
  const { schemaId, traits, state, metadataPublic, metadataAdmin, externalId, verifiableAddresses, recoveryAddresses, credentials } = identity;
  const issues = [
    ...checkSchemaId(schemaId),
    ...checkState(state),
    ...checkMetadata({ metadataPublic, metadataAdmin }),
    ...checkExternalId(externalId),
    ...checkAddresses("verifiableAddresses", verifiableAddresses, traits),
    ...checkAddresses("recoveryAddresses", recoveryAddresses, traits),
    ...checkCredentials(credentials),
  ];
  if (issues.length > 0) throw new KratosInvalidError(operation, issues);
  requireFields(operation, api, identity);
  return {
    schema_id: schemaId,
    traits,
    state,
    metadata_public: metadataPublic,
    metadata_admin: metadataAdmin,
    external_id: externalId,
    verifiable_addresses: verifiableAddresses?.map((address) => ({
      ...toWireAddress(identity, address),
      verified: address.verified,
      status: address.verified ? "completed" : "pending",
    })),
    recovery_addresses: recoveryAddresses?.map((address) => toWireAddress(identity, address)),
    credentials: credentials && toWireCredentials(credentials),
  };
}

/** Ensures that the version has what each field needs. One that does not know a field ignores it, or rejects the whole request. */
function requireFields(operation: string, api: KratosApi, identity: NewIdentity): void {
  for (const [field, feature] of Object.entries(FIELD_FEATURES)) {
    if (identity[field as keyof typeof FIELD_FEATURES] !== undefined) api.requireFor(operation, feature, field);
  }
  const hash = identity.credentials?.password?.hashedPassword;
  const hashFeature = hash === undefined ? undefined : checkHash(hash).feature;
  if (hashFeature) api.require(operation, hashFeature, "A hash in this format", ["credentials", "password", "hashedPassword"]);
}

/** Kratos takes an empty ID for the default schema when it creates an identity, and stores it as it is in an update. */
export function checkSchemaId(schemaId: string | undefined): ValidationIssue[] {
  return schemaId === "" ? [{ path: ["schema_id"], message: 'Expected the ID of an identity schema, e.g. "default".' }] : [];
}

/** A state that Kratos does not know fails the whole batch. */
function checkState(state: string | undefined): ValidationIssue[] {
  if (state === undefined || STATES.some((known) => known === state)) return [];
  return [{ path: ["state"], message: `Expected one of these states: ${STATES.join(", ")}.` }];
}

/** On SQLite, Kratos cannot read metadata that is a number: it answers 500 for the identity, and for every list that has it. */
export function checkMetadata(metadata: Readonly<Record<string, unknown>>): ValidationIssue[] {
  const numbers = Object.keys(metadata).filter((field) => typeof metadata[field] === "number");
  return numbers.map((field) => ({ path: [field], message: "Expected an object or any other JSON value that is not a number." }));
}

/** Longest external ID that Kratos' database stores. SQLite stores any. */
const MAX_EXTERNAL_ID = 64;

/** Kratos takes an empty external ID for none, and nobody can be found by a path with dots. */
export function checkExternalId(externalId: string | undefined): ValidationIssue[] {
  if (externalId === undefined || (toPathSegment(externalId) !== undefined && [...externalId].length <= MAX_EXTERNAL_ID)) return [];
  return [{ path: ["externalId"], message: `Expected an external ID of 1 to ${MAX_EXTERNAL_ID} characters, and not "." or "..".` }];
}

/** Kratos drops an address that no trait contains, without an error. */
function checkAddresses(field: string, addresses: readonly NewAddress[] = [], traits: object): ValidationIssue[] {
  return addresses.flatMap((address, index) =>
    findTrait(traits, address) === undefined
      ? [{ path: [field, String(index), "value"], message: "Expected the value of a trait. Kratos derives the addresses of an identity from its traits." }]
      : [],
  );
}

/** The address as a trait has it. */
function findTrait(value: unknown, address: NewAddress): string | undefined {
  if (typeof value === "string") return normalize(value, address.via) === normalize(address.value, address.via) ? value.trim() : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const part of Object.values(value)) {
    const found = findTrait(part, address);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Emails are the same in any case, and phone numbers in any notation. */
function normalize(value: string, via: string): string {
  return via === "email" ? value.trim().toLowerCase() : value.replace(/\D/g, "");
}

/** The maximum of bcrypt, the default of Kratos, which answers a longer one with status 500. */
const MAX_PASSWORD_BYTES = 72;

/** No message contains any part of a password or a hash. */
function checkCredentials({ password: secret, oidc = [] }: NewCredentials = {}): ValidationIssue[] {
  const at = (...path: string[]) => ["credentials", ...path];
  const { password, hashedPassword } = secret ?? {};
  const problem = hashedPassword === undefined ? undefined : checkHash(hashedPassword).problem;
  const hasLength = password === undefined || (password !== "" && Buffer.byteLength(password) <= MAX_PASSWORD_BYTES);
  return [
    ...(secret && (password === undefined) === (hashedPassword === undefined)
      ? [{ path: at("password"), message: "Expected either `password` or `hashedPassword`." }]
      : []),
    ...(hasLength ? [] : [{ path: at("password", "password"), message: `Expected a password of 1 to ${MAX_PASSWORD_BYTES} bytes. Import a longer one as a hash.` }]),
    ...(problem === undefined ? [] : [{ path: at("password", "hashedPassword"), message: problem }]),
    ...oidc.flatMap(({ provider, subject }, index) => [
      ...(provider === "" ? [{ path: at("oidc", String(index), "provider"), message: "Expected the ID of a provider in the Kratos configuration." }] : []),
      ...(subject === "" ? [{ path: at("oidc", String(index), "subject"), message: "Expected the ID of the user at the provider." }] : []),
    ]),
    // Kratos reports a conflict with another identity, although there is none.
    ...(new Set(oidc.map(({ provider, subject }) => `${provider}:${subject}`)).size === oidc.length
      ? []
      : [{ path: at("oidc"), message: "Expected each account only once." }]),
  ];
}

/** Before v1.0, Kratos finds an imported address only if it is written as the trait is. */
function toWireAddress({ traits }: NewIdentity, address: NewAddress): NewAddress {
  return { value: findTrait(traits, address) ?? address.value, via: address.via };
}

function toWireCredentials({ password, oidc }: NewCredentials): object {
  return {
    password: password && { config: { password: password.password, hashed_password: password.hashedPassword } },
    oidc: oidc && { config: { providers: oidc } },
  };
}
