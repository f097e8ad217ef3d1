import { Arg, Authorized, Ctx, Field, Int, ObjectType, Query, Resolver } from "type-graphql";
import { listCost } from "../complexity.js";
import { AFTER_DESCRIPTION, decodePosition, encodePosition, FIRST_DESCRIPTION, getMaxPageSize, getPageSize, PageInfo } from "../connection.js";
import type { FacadeContext } from "../context.js";
import type { Scope } from "../scopes.js";
import { Tag } from "../tags.js";
import { IdentitySchema } from "./identity.type.js";

@ObjectType({ simpleResolvers: true, description: "An identity schema in a list." })
export class IdentitySchemaEdge {
  @Field(() => IdentitySchema, { description: "The identity schema." })
  node: IdentitySchema;

  @Field(() => String, { description: "Position of the identity schema in the list. To get those that follow, pass it as `after`, with any page size." })
  cursor: string;
}

@ObjectType({ simpleResolvers: true, description: "A page of identity schemas." })
export class IdentitySchemaConnection {
  @Field(() => [IdentitySchemaEdge], { description: "Identity schemas on the page, each with its cursor." })
  edges: IdentitySchemaEdge[];

  @Field(() => PageInfo, { description: "Information about the page." })
  pageInfo: PageInfo;
}

const LIST = "identitySchemas";

@Resolver()
export class IdentitySchemaListResolver {
  @Tag("admin")
  @Authorized<Scope>("identities:read")
  @Query(() => IdentitySchemaConnection, {
    nullable: true,
    // A page of this list can overlap two pages of Kratos.
    complexity: listCost(getMaxPageSize, () => 2),
    description: "List the identity schemas, in the order of the Kratos configuration. Requires Kratos v0.8 or later.",
  })
  async identitySchemas(
    @Arg("first", () => Int, { nullable: true, description: FIRST_DESCRIPTION }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true, description: AFTER_DESCRIPTION }) after: string | null | undefined,
    @Ctx() { kratos, identitySchemas }: FacadeContext,
  ): Promise<IdentitySchemaConnection> {
    const count = getPageSize(first);
    const start = decodePosition(LIST, after);
    const { entries, hasNextPage } = await kratos.schemas.list(count, start);
    const edges = entries.map(({ item, position }) => ({ node: Object.assign(new IdentitySchema(), item), cursor: encodePosition(LIST, position) }));
    for (const { node } of edges) identitySchemas.prime(node.id, node);
    return { edges, pageInfo: new PageInfo(edges.map(({ cursor }) => cursor), start === undefined, hasNextPage) };
  }
}
