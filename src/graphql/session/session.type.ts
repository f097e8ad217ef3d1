import { Directive, Field, ID, ObjectType, registerEnumType } from "type-graphql";
import type { SessionRecord, WireAuthenticationMethod, WireIdentity, WireSessionDevice } from "../../kratos/index.js";
import { DateTime, toDateTime, toEnumValue } from "../scalars.js";
import { Tag } from "../tags.js";

export enum AuthenticatorAssuranceLevel {
  AAL0 = "aal0",
  AAL1 = "aal1",
  AAL2 = "aal2",
  AAL3 = "aal3",
}

registerEnumType(AuthenticatorAssuranceLevel, {
  name: "AuthenticatorAssuranceLevel",
  description: "How strongly the user has authenticated.",
  valuesConfig: {
    AAL0: { description: "The user has not authenticated." },
    AAL1: { description: "The user has authenticated with one factor, e.g. a password." },
    AAL2: { description: "The user has authenticated with two factors, e.g. a password and a one-time code." },
    AAL3: { description: "The user has authenticated with a hardware key. This level is reserved by Kratos." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An authentication method that the user has completed." })
export class AuthenticationMethod {
  @Field(() => String, { nullable: true, description: "Name of the method: `password`, `oidc`, `code`, `totp`, or another one that Kratos defines." })
  readonly method: string | null;

  @Field(() => AuthenticatorAssuranceLevel, { nullable: true, description: "Assurance level that the method provides. Null if Kratos does not report it." })
  readonly aal: AuthenticatorAssuranceLevel | null;

  @Field(() => DateTime, { nullable: true, description: "Time when the user completed the method. Null if Kratos does not report it." })
  readonly completedAt: string | null;

  @Field(() => String, { nullable: true, description: "ID of the OpenID Connect or SAML provider. Null for other methods." })
  readonly provider: string | null;

  @Field(() => String, { nullable: true, description: "ID of the organization through which the user signed in. Null if there is none." })
  readonly organization: string | null;

  constructor({ method, aal, completed_at, provider, organization }: WireAuthenticationMethod) {
    this.method = method ?? null;
    this.aal = toEnumValue(AuthenticatorAssuranceLevel, aal);
    this.completedAt = toDateTime(completed_at);
    this.provider = provider ?? null;
    this.organization = organization ?? null;
  }
}

@ObjectType({ simpleResolvers: true, description: "A device on which a session was used." })
export class SessionDevice {
  @Field(() => ID, { description: "ID of the device." })
  readonly id: string;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "IP address of the device, and in most cases its port. Null if Kratos does not report it." })
  readonly ipAddress: string | null;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "The `User-Agent` header of the device. Null if Kratos does not report it." })
  readonly userAgent: string | null;

  @Tag("personal-data")
  @Field(() => String, { nullable: true, description: "Location of the device, as determined by a proxy in front of Kratos. Null if there is no such proxy." })
  readonly location: string | null;

  constructor({ id, ip_address, user_agent, location }: WireSessionDevice) {
    this.id = id;
    this.ipAddress = ip_address || null;
    this.userAgent = user_agent || null;
    this.location = location || null;
  }
}

@Directive('@key(fields: "id")')
@ObjectType({ simpleResolvers: true, description: "A session of a user who has signed in on a device. Its token is not part of this API." })
export class Session {
  @Field(() => ID, { description: "ID of the session: a UUID." })
  readonly id: string;

  @Field(() => Boolean, {
    description: "True if the session is neither revoked nor expired. Kratos does not accept a session whose identity is inactive, even if this is true.",
  })
  readonly active: boolean;

  @Field(() => DateTime, { nullable: true, description: "Time when the user last signed in or completed another factor. Null if Kratos does not report it." })
  readonly authenticatedAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time when the session was issued. Null if Kratos does not report it." })
  readonly issuedAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Expiration time. Null if Kratos does not report it." })
  readonly expiresAt: string | null;

  @Field(() => AuthenticatorAssuranceLevel, { nullable: true, description: "Assurance level of the session. Null if Kratos does not report it." })
  readonly authenticatorAssuranceLevel: AuthenticatorAssuranceLevel | null;

  @Field(() => [AuthenticationMethod], { description: "Authentication methods that the user has completed in this session." })
  readonly authenticationMethods: AuthenticationMethod[];

  /** Not part of the schema. Undefined unless requested. */
  readonly knownDevices: SessionDevice[] | undefined;
  /** Not part of the schema. Undefined unless requested. */
  readonly identityId: string | undefined;
  /** Not part of the schema. What the session contains of its identity. */
  readonly partialIdentity: WireIdentity | undefined;

  constructor({ devices, identity, identityId, ...record }: SessionRecord) {
    this.id = record.id;
    this.active = record.active ?? false;
    this.authenticatedAt = toDateTime(record.authenticated_at);
    this.issuedAt = toDateTime(record.issued_at);
    this.expiresAt = toDateTime(record.expires_at);
    this.authenticatorAssuranceLevel = toEnumValue(AuthenticatorAssuranceLevel, record.authenticator_assurance_level);
    this.authenticationMethods = (record.authentication_methods ?? []).map((method) => new AuthenticationMethod(method));
    this.knownDevices = devices?.map((device) => new SessionDevice(device));
    this.identityId = identityId;
    this.partialIdentity = identity;
  }
}
