import type { GraphQLResolveInfo } from "graphql";
import { Arg, Authorized, Ctx, Field, FieldResolver, ID, Info, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { type BatchResult, KratosError, type NewIdentity, onlyKratosErrors, MAX_BATCH_PASSWORDS, MAX_BATCH_SIZE } from "../../kratos/index.js";
import { Audited } from "../audit.js";
import { importCost } from "../complexity.js";
import type { FacadeContext } from "../context.js";
import { checkArgument } from "../errors.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { getTraits, type GivenTraits } from "../traits/inputs.js";
import { toUserErrors, UserError, UserErrorCode } from "../user-errors.js";
import { CreateIdentityInput, getConflictPath, toNewIdentity } from "./create-identity.js";
import { Identity } from "./identity.type.js";

@InputType({ description: "Input for `importIdentities`." })
export class ImportIdentitiesInput {
  @Field(() => [CreateIdentityInput], { description: `The identities to create: at most ${MAX_BATCH_SIZE}.` })
  identities: CreateIdentityInput[];
}

@ObjectType({ simpleResolvers: true, description: "The result for one identity of `importIdentities`." })
export class ImportIdentityResult {
  @Field(() => ID, { nullable: true, description: "ID of the created identity. Null if there are user errors." })
  identityId: string | null;

  @Field(() => [UserError], { description: 'Errors that prevented the creation of this identity, e.g. with the path `["input", "identities", "3", "traits", "email"]`. Empty on success.' })
  userErrors: UserError[];
}

@ObjectType({ simpleResolvers: true, description: "Payload of `importIdentities`." })
export class ImportIdentitiesPayload {
  @Field(() => [ImportIdentityResult], {
    nullable: "items",
    description: "A result for each identity, in the order of the input. A result is null, with an error, if it is unknown whether Kratos created the identity, or if the identity was not sent because Kratos had failed before. Empty if there are user errors.",
  })
  results: (ImportIdentityResult | Error)[];

  @Field(() => [UserError], { description: "Errors that prevented the whole mutation. Empty if any identity was sent to Kratos." })
  userErrors: UserError[];
}

@Resolver(() => ImportIdentityResult)
export class ImportIdentitiesResolver {
  @Tag("admin")
  @Authorized<Scope>("identities:write")
  @Audited
  @Mutation(() => ImportIdentitiesPayload, {
    nullable: true,
    complexity: importCost,
    description: `Create up to ${MAX_BATCH_SIZE} identities, at most ${MAX_BATCH_PASSWORDS} of them with a password in clear text. An identity that is invalid or already exists does not prevent the creation of the others. Requires Kratos v0.13 or later. Also requires the scope \`secrets:read\` if \`metadataAdmin\` is given.`,
  })
  async importIdentities(
    @Arg("input", () => ImportIdentitiesInput, { description: "The identities to create." }) { identities }: ImportIdentitiesInput,
    @Ctx() { kratos, caller }: FacadeContext,
    @Info() { schema }: GraphQLResolveInfo,
  ): Promise<ImportIdentitiesPayload> {
    identities.forEach(checkArgument);
    const given = identities.map((identity, index) => getTraits(`input.identities[${index}]`, identity, schema));
    const created = identities.map((identity, index) => toNewIdentity(identity, given[index]!, caller));
    if (created.length > MAX_BATCH_SIZE) return refuse(`Expected at most ${MAX_BATCH_SIZE} identities; received ${created.length}.`);
    const passwords = created.filter(({ credentials }) => credentials?.password?.password !== undefined).length;
    if (passwords > MAX_BATCH_PASSWORDS) return refuse(`Expected at most ${MAX_BATCH_PASSWORDS} identities with a password in clear text; received ${passwords}.`);
    try {
      const faults = await Promise.all(identities.map(({ schemaId }, index) => given[index]!.check("importIdentities", schemaId).then(() => undefined, onlyKratosErrors)));
      const sent = await kratos.identities.createMany(created.filter((_, index) => !faults[index]));
      return { results: toResults(created, given, faults.map((fault) => fault ?? sent.shift()!)), userErrors: [] };
    } catch (error) {
      return { results: [], userErrors: toUserErrors(error) };
    }
  }

  @Authorized<Scope>("identities:read")
  @FieldResolver(() => Identity, {
    nullable: true,
    description: "The created identity, as Kratos stores it. Null if there are user errors. Also null, with a `FORBIDDEN` error, if the caller lacks the scope `identities:read`.",
  })
  async identity(@Root() { identityId }: ImportIdentityResult, @Ctx() { identities }: FacadeContext): Promise<Identity | null> {
    return identityId === null ? null : identities.load(identityId);
  }
}

function refuse(message: string): ImportIdentitiesPayload {
  return { results: [], userErrors: [{ code: UserErrorCode.INVALID, message, path: ["input", "identities"], outcome: "NOT_SENT" }] };
}

/** @throws {KratosError} if all identities have failed, and the same is known of each */
function toResults(identities: readonly NewIdentity[], given: readonly GivenTraits[], created: readonly BatchResult[]): (ImportIdentityResult | Error)[] {
  const results = created.map((result, index) => {
    if (typeof result === "string") return { identityId: result, userErrors: [] };
    try {
      const userErrors = toUserErrors(given[index]!.locate(result), undefined, getConflictPath(identities[index]!, given[index]!.path));
      return { identityId: null, userErrors: userErrors.map((error) => ({ ...error, path: ["input", "identities", String(index), ...(error.path ?? []).slice(1)] })) };
    } catch {
      return result;
    }
  });
  const [first] = results;
  if (first instanceof KratosError && results.every((result) => result instanceof KratosError && result.outcome === first.outcome)) throw first;
  return results;
}
