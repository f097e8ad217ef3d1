import type { KratosApi } from "../client.js";
import { KratosInvalidError, type ValidationIssue } from "../errors.js";
import type { WireIdentity } from "../types.js";
import { expectIdentity } from "./get.js";

/** An address of a new identity. It must be one of those that the identity's schema derives from its traits. */
export interface NewAddress {
  readonly value: string;
  /** Channel of the address, e.g. `email`. */
  readonly via: string;
}

/** What a new identity can sign in with. */
export interface NewCredentials {
  /** A password in clear text, or as a hash in a format that Kratos knows. */
  readonly password?: { readonly password: string } | { readonly hashedPassword: string };
  /** Accounts at OpenID Connect providers. */
  readonly oidc?: readonly { readonly provider: string; readonly subject: string }[];
}

/** An identity to create. What is left out has Kratos' default. */
export interface NewIdentity {
  readonly schemaId: string;
  readonly traits: object;
  readonly state?: "active" | "inactive";
  readonly metadataPublic?: unknown;
  readonly metadataAdmin?: unknown;
  readonly externalId?: string;
  readonly verifiableAddresses?: readonly (NewAddress & { readonly verified: boolean })[];
  readonly recoveryAddresses?: readonly NewAddress[];
  readonly credentials?: NewCredentials;
}

const OPERATION = "createIdentity";

/** @throws {KratosInvalidError} if Kratos rejects it, or the connected Kratos does not have what it needs */
export function createIdentity(api: KratosApi, identity: NewIdentity): Promise<WireIdentity> {
  const json = toCreateBody(OPERATION, api, identity);
  return api.admin(OPERATION, async (admin) => expectIdentity(await admin.post("identities", { json }).json()));
}

/**
 * The body of a request that creates an identity, also as a part of a batch.
 * @throws {KratosInvalidError} with all issues that Kratos would not report, or not for this identity alone
 */
export function toCreateBody(operation: string, _api: KratosApi, identity: NewIdentity): object {
  const issues = [...checkSchemaId(identity.schemaId)];
  if (issues.length > 0) throw new KratosInvalidError(operation, issues);
  return { schema_id: identity.schemaId, traits: identity.traits };
}

/** Kratos takes an empty ID for the default schema when it creates an identity, and stores it as it is in an update. */
export function checkSchemaId(schemaId: string | undefined): ValidationIssue[] {
  return schemaId === "" ? [{ path: ["schema_id"], message: 'Expected the ID of an identity schema, e.g. "default".' }] : [];
}
