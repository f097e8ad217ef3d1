import { Field, Int, ObjectType } from "type-graphql";
import { isProviderType, type WireCredential, type WireIdentity } from "../../kratos/index.js";
import { DateTime, toDateTime } from "../scalars.js";

@ObjectType({ simpleResolvers: true, description: "An account at an OpenID Connect or SAML provider that an identity can sign in with." })
export class IdentityCredentialProvider {
  @Field(() => String, { description: "ID of the provider in the Kratos configuration, e.g. `google`." })
  readonly provider: string;

  @Field(() => String, { description: "ID of the account at the provider." })
  readonly subject: string;

  @Field(() => String, { description: "The account as `provider:subject`, e.g. to delete it with `deleteIdentityCredential`." })
  readonly identifier: string;

  /** @param identifier `provider:subject` */
  constructor(identifier: string) {
    this.identifier = identifier;
    const colon = identifier.indexOf(":");
    this.provider = identifier.slice(0, Math.max(colon, 0));
    this.subject = identifier.slice(colon + 1);
  }
}

@ObjectType({
  simpleResolvers: true,
  description: "A credential that an identity can sign in with. Contains no secrets, e.g. no hashes, keys or tokens.",
})
export class IdentityCredential {
  @Field(() => String, {
    description: "Type of the credential: `password`, `oidc`, `saml`, `totp`, `lookup_secret`, `webauthn`, `passkey`, `code`, or another one that Kratos defines.",
  })
  readonly type: string;

  @Field(() => Boolean, {
    nullable: true,
    description: "True if the credential is set up. Null for `password` and `webauthn` before Kratos v1.2: earlier versions list them for every identity whose identity schema defines an identifier for them, and do not report whether they are set up.",
  })
  readonly configured: boolean | null;

  @Field(() => [String], {
    description: "Identifiers by which Kratos finds the credential. For `password` and `code`, what the user enters, e.g. an email address. For `oidc` and `saml`, the accounts in `providers` as `provider:subject`. For other types, an ID.",
  })
  readonly identifiers: readonly string[];

  @Field(() => [IdentityCredentialProvider], { description: "Accounts at providers, if the type is `oidc` or `saml`. Empty for other types." })
  readonly providers: readonly IdentityCredentialProvider[];

  @Field(() => Int, { nullable: true, description: "Version of the format in which Kratos stores the credential. Null if Kratos does not report it." })
  readonly version: number | null;

  @Field(() => DateTime, { nullable: true, description: "Creation time. Null if Kratos does not report it." })
  readonly createdAt: string | null;

  @Field(() => DateTime, { nullable: true, description: "Time of the last change to any data that Kratos stores for the credential. Null if Kratos does not report it." })
  readonly updatedAt: string | null;

  private constructor(type: string, wire: WireCredential) {
    this.type = type;
    this.configured = wire.isSetUp ?? null;
    // Kratos lists them in any order.
    this.identifiers = [...(wire.identifiers ?? [])].sort();
    this.providers = isProviderType(type) ? this.identifiers.map((identifier) => new IdentityCredentialProvider(identifier)) : [];
    this.version = wire.version ?? null;
    this.createdAt = toDateTime(wire.created_at);
    this.updatedAt = toDateTime(wire.updated_at);
  }

  /** The credentials of an identity, ordered by type. */
  static listFrom(wire: NonNullable<WireIdentity["credentials"]>): IdentityCredential[] {
    return Object.entries(wire)
      .map(([type, credential]) => new IdentityCredential(type, credential))
      // What the identity schema adds, and what is left of one when its last account is deleted.
      .filter(({ configured }) => configured !== false)
      .filter(({ type, identifiers }) => !isProviderType(type) || identifiers.length > 0)
      .sort((a, b) => (a.type < b.type ? -1 : 1));
  }
}
