import { Arg, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { isIdentityId, MAX_SEARCH_REQUESTS } from "../../kratos/index.js";
import { listCost, oneRequest } from "../complexity.js";
import { FIRST_DESCRIPTION, getMaxPageSize, getPageSize } from "../connection.js";
import type { FacadeContext } from "../context.js";
import { badUserInput, describeReceived } from "../errors.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { decodeCursor, IdentityConnection, isIndexCursor } from "./identity-connection.js";
import { Identity, IdentitySchema } from "./identity.type.js";

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
    @Ctx() { identities }: FacadeContext,
  ): Promise<Identity | null> {
    if (!isIdentityId(id)) throw badUserInput(`"id" must be the ID of an identity, which is a UUID; received ${describeReceived(id)}.`);
    return identities.load(id);
  }

  @Tag("admin")
  @Authorized<Scope>("identities:read")
  @Query(() => IdentityConnection, {
    nullable: true,
    complexity: listCost(
      getMaxPageSize,
      ({ after }) => (isIndexCursor(after) ? 1 + MAX_SEARCH_REQUESTS : 1),
    ),
    description: "List all identities. Paging through the list returns every identity exactly once, even if others are created or deleted in the meantime.",
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
    @Ctx() { kratos, mask }: FacadeContext,
  ): Promise<IdentityConnection> {
    const count = getPageSize(first);
    const position = after === null || after === undefined ? undefined : decodeCursor(after);
    return new IdentityConnection(await kratos.identities.list(count, position), position === undefined, mask);
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
