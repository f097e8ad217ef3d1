import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from "type-graphql";
import type { WireIdentity } from "../../kratos/index.js";
import { Audited } from "../audit.js";
import type { Scope } from "../scopes.js";
import type { FacadeContext } from "../context.js";
import { manyForOne, oneRequest, twoRequests } from "../complexity.js";
import { badUserInput } from "../errors.js";
import { IdentitySchema } from "../identity-schema.js";
import { toUserErrors } from "../user-errors.js";
import { decodeCursor, IdentityConnection } from "./identity-connection.js";
import {
  CreateIdentityInput,
  DeleteIdentityInput,
  UpdateIdentityInput,
  CreateIdentityPayload,
  DeleteIdentityPayload,
  UpdateIdentityPayload,
} from "./identity.mutations.js";
import { Identity } from "./identity.type.js";

const DEFAULT_FIRST = 50;
const MAX_FIRST = 250;

@Resolver(() => Identity)
export class IdentityResolver {
  @Authorized<Scope>("identities:read")
  @Query(() => Identity, { nullable: true, complexity: oneRequest, description: "One identity; null where there is none with this id." })
  identity(
    @Arg("id", () => ID, { description: "The identity's id." }) id: string,
    @Ctx() { identities }: FacadeContext,
  ): Promise<Identity | null> {
    return identities.load(id);
  }

  @Authorized<Scope>("identities:read")
  @Query(() => IdentityConnection, {
    nullable: true,
    complexity: manyForOne(({ first }) => Math.min(Math.max(Number(first ?? DEFAULT_FIRST), 0), MAX_FIRST)),
    description: "All identities, page by page, in the order that Kratos keeps them in. A walk sees each once.",
  })
  async identities(
    @Arg("first", () => Int, {
      nullable: true,
      description: `How many at the most, from 1 to ${MAX_FIRST}; ${DEFAULT_FIRST} where it is left out.`,
    })
    first: number | null | undefined,
    @Arg("after", () => String, {
      nullable: true,
      description: "The cursor after which the page starts; left out, it is the first page.",
    })
    after: string | null | undefined,
    @Ctx() { kratos, mask }: FacadeContext,
  ): Promise<IdentityConnection> {
    const most = first ?? DEFAULT_FIRST;
    if (most < 1 || most > MAX_FIRST) throw badUserInput(`"first" must be from 1 to ${MAX_FIRST}; it was ${most}.`);
    const position = after === null || after === undefined ? undefined : decodeCursor(after);
    return new IdentityConnection(await kratos.identities.list(most, position), position === undefined, mask);
  }

  @FieldResolver(() => IdentitySchema, { nullable: true, complexity: oneRequest, description: "The identity schema that the traits follow." })
  schema(@Root() { schemaId }: Identity, @Ctx() { identitySchemas }: FacadeContext): Promise<IdentitySchema | null> {
    return identitySchemas.load(schemaId);
  }

  @Authorized<Scope>("identities:write")
  @Audited
  @Mutation(() => CreateIdentityPayload, { nullable: true, complexity: twoRequests, description: "Creates an identity." })
  async createIdentity(
    @Arg("input", () => CreateIdentityInput, { description: "The new identity." }) { schemaId, traits }: CreateIdentityInput,
    @Ctx() context: FacadeContext,
  ): Promise<CreateIdentityPayload> {
    try {
      return { identity: primeLoader(context, await context.kratos.identities.create(schemaId, traits)), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(error) };
    }
  }

  @Authorized<Scope>("identities:write")
  @Audited
  @Mutation(() => UpdateIdentityPayload, {
    nullable: true,
    complexity: twoRequests,
    description: "Replaces an identity's traits, and its schema where one is given. Nothing else of it changes.",
  })
  async updateIdentity(
    @Arg("input", () => UpdateIdentityInput, { description: "The change." }) { id, schemaId, traits }: UpdateIdentityInput,
    @Ctx() context: FacadeContext,
  ): Promise<UpdateIdentityPayload> {
    const change = context.mask?.change(traits);
    try {
      const updated = await context.kratos.identities.update(id, { schemaId: schemaId ?? undefined, traits: change?.applyTo ?? traits });
      return { identity: primeLoader(context, updated), userErrors: [] };
    } catch (error) {
      return { identity: null, userErrors: toUserErrors(change ? change.redactErrors(error) : error, "id") };
    }
  }

  @Authorized<Scope>("identities:delete")
  @Audited
  @Mutation(() => DeleteIdentityPayload, { nullable: true, complexity: twoRequests, description: "Deletes an identity for good." })
  async deleteIdentity(
    @Arg("input", () => DeleteIdentityInput, { description: "The identity to delete." }) { id }: DeleteIdentityInput,
    @Ctx() { kratos, identities }: FacadeContext,
  ): Promise<DeleteIdentityPayload> {
    try {
      await kratos.identities.delete(id);
      identities.clear(id).prime(id, null);
      return { deletedIdentityId: id.toLowerCase(), userErrors: [] };
    } catch (error) {
      return { deletedIdentityId: null, userErrors: toUserErrors(error, "id") };
    }
  }
}

/** What a mutation leaves behind is what the rest of the request sees. */
function primeLoader({ identities, mask }: FacadeContext, wire: WireIdentity): Identity {
  const identity = Identity.from(wire, mask);
  identities.clear(identity.id).prime(identity.id, identity);
  return identity;
}
