import type { GraphQLResolveInfo } from "graphql";
import { Arg, Authorized, Ctx, FieldResolver, ID, Info, Int, Query, Resolver, Root } from "type-graphql";
import { IDS_PER_REQUEST, isUuid, MAX_SEARCH_REQUESTS } from "../../kratos/index.js";
import { listCost, oneRequest } from "../complexity.js";
import { FIRST_DESCRIPTION, getMaxPageSize, getPageSize } from "../connection.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, describeReceived } from "../errors.js";
import type { Scope } from "../scopes.js";
import { selectsField } from "../selection.js";
import { Tag } from "../tags.js";
import { decodeCursor, IdentityConnection, isIndexCursor } from "./identity-connection.js";
import { checkIdentifier, IDENTIFIER_DESCRIPTION, IdentityFilter, toKratosFilter } from "./identity-filter.js";
import { Identity, IdentitySchema } from "./identity.type.js";

/** Maximum number of requests to Kratos for a page of identities. The arguments are not checked yet. */
function getListRequests({ after, filter }: Readonly<Record<string, unknown>>): number {
  const { ids } = (filter ?? {}) as IdentityFilter;
  if (ids) return Math.ceil(ids.length / IDS_PER_REQUEST);
  return isIndexCursor(after) && !filter ? 1 + MAX_SEARCH_REQUESTS : 1;
}

@Resolver(() => Identity)
export class IdentityResolver {
  @Authorized<Scope>("identities:read")
  @Query(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up an identity by ID. Returns null if it does not exist. An ID that is not a UUID is a `BAD_USER_INPUT` error.",
  })
  async identity(
    @Arg("id", () => ID, { description: "ID of the identity." }) id: string,
    @Ctx() { identities, include }: FacadeContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Identity | null> {
    if (!isUuid(id)) throw badUserInput(`"id" must be the ID of an identity, which is a UUID; received ${describeReceived(id)}.`);
    if (selectsField(info, "credentials")) include.credentials = true;
    return identities.load(id);
  }

  @Tag("admin")
  @Tag("personal-data")
  @Authorized<Scope>("identities:read")
  @Query(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up an identity by an identifier that its user signs in with, e.g. an email address. Returns null if no identity has the identifier. If several identities have it, e.g. one as a username and one at an OpenID Connect provider, the result is a `BAD_USER_INPUT` error. To list these identities, use `identities`. Requires Kratos v0.13 or later.",
  })
  async identityByIdentifier(
    @Arg("identifier", () => String, { description: IDENTIFIER_DESCRIPTION }) identifier: string,
    @Ctx() { kratos, mask, identities }: FacadeContext,
  ): Promise<Identity | null> {
    const filter = { identifier: checkIdentifier("identifier", identifier) };
    const { identities: [found], hasNextPage } = await kratos.identities.list(1, undefined, { filter });
    if (hasNextPage) throw badUserInput('More than one identity has the identifier. To list them, use "identities(filter: { identifier: … })".');
    if (!found) return null;
    if (found instanceof Error) throw found;
    const identity = Identity.from(found, mask);
    identities.prime(identity.id, identity);
    return identity;
  }

  @Authorized<Scope>("identities:read")
  @Query(() => Identity, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up an identity by its ID in another system. Returns null if no identity has the external ID. Requires Kratos v25.4 or later.",
  })
  async identityByExternalId(
    @Arg("externalId", () => ID, { description: "External ID of the identity. Case-sensitive." }) externalId: string,
    @Ctx() { identitiesByExternalId, include }: FacadeContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Identity | null> {
    if (/^\.{0,2}$/.test(externalId)) {
      throw badUserInput(`"externalId" must not be empty, "." or "..", because they cannot be part of a URL; received ${describeReceived(externalId)}.`);
    }
    if (selectsField(info, "credentials")) include.credentials = true;
    return identitiesByExternalId.load(externalId);
  }

  @Tag("admin")
  @Authorized<Scope>("identities:read")
  @Query(() => IdentityConnection, {
    nullable: true,
    complexity: listCost(getMaxPageSize, getListRequests),
    description: "List all identities, or those that match a filter. Paging through the list returns every identity exactly once, even if others are created or deleted in the meantime.",
  })
  async identities(
    @Arg("first", () => Int, {
      nullable: true,
      description: FIRST_DESCRIPTION,
    })
    first: number | null | undefined,
    @Arg("after", () => String, {
      nullable: true,
      description: "Cursor of the identity after which to continue: the `cursor` of an edge or the `endCursor` of a page. It is a position, which remains valid if the identity is deleted. Default: the start of the list.",
    })
    after: string | null | undefined,
    @Arg("filter", () => IdentityFilter, { nullable: true, description: "Which identities to list. Default: all." })
    filter: IdentityFilter | null | undefined,
    @Ctx() context: FacadeContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<IdentityConnection> {
    const { kratos, mask } = context;
    const count = getPageSize(first);
    const position = after === null || after === undefined ? undefined : decodeCursor(after);
    const options = { credentials: selectsField(info, "credentials"), ...(filter && { filter: toKratosFilter(filter, context) }) };
    return new IdentityConnection(await kratos.identities.list(count, position, options), position === undefined, mask);
  }

  @Authorized<Scope>("identities:read")
  @Query(() => IdentitySchema, {
    nullable: true,
    complexity: oneRequest,
    description: "Look up an identity schema by ID. Returns null if it does not exist.",
  })
  identitySchema(
    @Arg("id", () => ID, { description: "ID of the identity schema, e.g. `default`." }) id: string,
    @Ctx() { identitySchemas }: FacadeContext,
  ): Promise<IdentitySchema | null> {
    return identitySchemas.load(id);
  }

  @FieldResolver(() => IdentitySchema, { nullable: true, complexity: oneRequest, description: "Identity schema that defines the traits." })
  schema(@Root() { schemaId }: Identity, @Ctx() { identitySchemas }: FacadeContext): Promise<IdentitySchema | null> {
    return identitySchemas.load(schemaId);
  }
}
