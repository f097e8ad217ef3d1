import type { GraphQLResolveInfo } from "graphql";
import { GraphQLJSON, GraphQLJSONObject } from "graphql-scalars";
import { Arg, Authorized, Ctx, Directive, Field, ID, Info, InputType, Mutation, ObjectType, Resolver } from "type-graphql";
import type { NewIdentity } from "../../kratos/index.js";
import { Audited } from "../audit.js";
import { requireScope } from "../authorization.js";
import { twoRequests } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { primeLoader } from "../loaders.js";
import type { Caller, Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { getTraits, type GivenTraits } from "../traits/inputs.js";
import { toUserErrors, UserError } from "../user-errors.js";
import { Identity, IdentityState } from "./identity.type.js";

const FROM_TRAIT = "Must be the value of a trait, because Kratos derives the addresses of an identity from its traits.";

@InputType({ description: "A verifiable address of a new identity. Kratos stores it only if the identity schema marks its trait for verification." })
export class NewVerifiableAddressInput {
  @Field(() => String, { description: `The address, e.g. \`ann@example.com\`. ${FROM_TRAIT}` })
  value: string;

  @Field(() => String, { defaultValue: "email", description: "Channel of the address: `email`, or another one that the identity schema defines." })
  via: string;

  @Field(() => Boolean, { description: "True if the address is already verified." })
  verified: boolean;
}

@InputType({ description: "A recovery address of a new identity, which can be used to regain access to the account. Kratos stores it only if the identity schema marks its trait for recovery." })
export class NewRecoveryAddressInput {
  @Field(() => String, { description: `The address, e.g. \`ann@example.com\`. ${FROM_TRAIT}` })
  value: string;

  @Field(() => String, { defaultValue: "email", description: "Channel of the address: `email`, or another one that the identity schema defines." })
  via: string;
}

@Directive("@oneOf")
@InputType({ description: "The password of a new identity. Exactly one of the fields must be given. The password policy of Kratos is not applied." })
export class NewPasswordInput {
  @Field(() => String, { nullable: true, description: "The password in clear text, at most 72 bytes long." })
  password?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A hash of the password in a format that Kratos supports, e.g. `$2a$12$…` for bcrypt. The formats are bcrypt, Argon2id, Argon2i, PBKDF2, scrypt, Firebase scrypt, MD5, SHA, SSHA, MD5-crypt, SHA256-crypt, SHA512-crypt and HMAC. Older versions of Kratos support fewer.",
  })
  hashedPassword?: string | null;
}

@InputType({ description: "An account at an OpenID Connect provider that a new identity can sign in with." })
export class NewOidcCredentialInput {
  @Field(() => String, { description: "ID of the provider in the Kratos configuration, e.g. `google`." })
  provider: string;

  @Field(() => String, { description: "ID of the user at the provider: the claim `sub`." })
  subject: string;
}

@InputType({ description: "Credentials to import with a new identity." })
export class NewCredentialsInput {
  @Field(() => NewPasswordInput, { nullable: true, description: "The password." })
  password?: NewPasswordInput | null;

  @Field(() => [NewOidcCredentialInput], { nullable: true, description: "Accounts at OpenID Connect providers." })
  oidc?: NewOidcCredentialInput[] | null;
}

@InputType({ description: "Input for `createIdentity`." })
export class CreateIdentityInput {
  @Field(() => String, { description: "ID of the identity schema that the traits must match, e.g. `default`." })
  schemaId?: string | null;

  @Field(() => GraphQLJSONObject, { description: "Traits of the identity. They must match the identity schema." })
  traits?: object | null;

  @Tag("traits")
  @Field(() => GraphQLJSONObject, { nullable: true, description: "Traits of the identity, typed. They replace `traits` and `schemaId`: exactly one of `traits` and `typedTraits` must be given." })
  typedTraits?: object | null;

  @Field(() => IdentityState, { nullable: true, description: "State of the identity. Default: `ACTIVE`. Requires Kratos v0.7 or later." })
  state?: IdentityState | null;

  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Custom data that the owner of the identity can read but not change. Requires Kratos v0.10 or later.",
  })
  metadataPublic?: unknown;

  @Tag("admin")
  @Field(() => GraphQLJSON, {
    nullable: true,
    description: "Custom data that only administrators can read. Requires Kratos v0.10 or later, and the scope `secrets:read`, as reading it does.",
  })
  metadataAdmin?: unknown;

  @Field(() => ID, {
    nullable: true,
    description: "ID of the account in another system: 1 to 64 characters. No other identity may have the same ID. Requires Kratos v25.4 or later.",
  })
  externalId?: string | null;

  @Field(() => [NewVerifiableAddressInput], {
    nullable: true,
    description: "Addresses that are already verified. Kratos adds all other addresses in the traits as unverified. Requires Kratos v0.9 or later.",
  })
  verifiableAddresses?: NewVerifiableAddressInput[] | null;

  @Field(() => [NewRecoveryAddressInput], {
    nullable: true,
    description: "Addresses that can be used to regain access to the account. Kratos also adds the addresses in the traits that are not in this list. Requires Kratos v0.9 or later.",
  })
  recoveryAddresses?: NewRecoveryAddressInput[] | null;

  @Field(() => NewCredentialsInput, { nullable: true, description: "Credentials to import. Requires Kratos v0.9 or later." })
  credentials?: NewCredentialsInput | null;
}

@ObjectType({ simpleResolvers: true, description: "Payload of `createIdentity`." })
export class CreateIdentityPayload {
  @Authorized<Scope>("identities:read")
  @Field(() => Identity, {
    nullable: true,
    simple: false,
    description: "The created identity. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  identity: Identity | null;

  @Field(() => [UserError], { description: "Errors that prevented the mutation. Empty on success." })
  userErrors: UserError[];
}

@Resolver()
export class CreateIdentityResolver {
  @Tag("admin")
  @Authorized<Scope>("identities:write")
  @Audited
  @Mutation(() => CreateIdentityPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Create an identity, or import one from another system with its credentials. Also requires the scope `secrets:read` if `metadataAdmin` is given.",
  })
  async createIdentity(
    @Arg("input", () => CreateIdentityInput, { description: "The identity to create." }) input: CreateIdentityInput,
    @Ctx() context: FacadeContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<CreateIdentityPayload> {
    const given = getTraits("input", input, schema);
    const created = toNewIdentity(input, given, context.caller);
    try {
      await given.check("createIdentity", input.schemaId);
      return { identity: primeLoader(context, await context.kratos.identities.create(created)), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(given.locate(error), undefined, getConflictPath(created, given.path)) };
    }
  }
}

/**
 * The identity of an input. A field that is null is left out.
 * @throws FORBIDDEN if the caller lacks the scope for a part of it
 */
export function toNewIdentity(input: CreateIdentityInput, { json, typed }: GivenTraits, caller: Caller): NewIdentity {
  const { schemaId, state, metadataPublic, metadataAdmin, externalId, verifiableAddresses, recoveryAddresses, credentials } = input;
  if (metadataAdmin !== undefined && metadataAdmin !== null) requireMetadataAdmin(caller);
  const { password, oidc } = credentials ?? {};
  return {
    // An empty ID is refused. Kratos would take none for its default schema.
    schemaId: typed?.schemaId ?? schemaId ?? "",
    traits: json,
    state: state ?? undefined,
    metadataPublic: metadataPublic ?? undefined,
    metadataAdmin: metadataAdmin ?? undefined,
    externalId: externalId ?? undefined,
    verifiableAddresses: verifiableAddresses ?? undefined,
    recoveryAddresses: recoveryAddresses ?? undefined,
    credentials: credentials
      ? {
          password: password ? { password: password.password ?? undefined, hashedPassword: password.hashedPassword ?? undefined } : undefined,
          oidc: oidc ?? undefined,
        }
      : undefined,
  };
}

/**
 * Path below the input of what another identity may have.
 * @param traits path of the traits
 */
export function getConflictPath({ externalId, credentials }: NewIdentity, traits: readonly string[] = ["traits"]): readonly string[] {
  return externalId === undefined && credentials?.oidc === undefined ? traits : [];
}

/** @throws FORBIDDEN if the caller may not read admin metadata, and so may not replace it unseen */
export function requireMetadataAdmin(caller: Caller): void {
  requireScope(caller, "secrets:read", "Writing metadataAdmin requires the same scope as reading it.");
}
