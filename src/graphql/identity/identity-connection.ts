import { Directive, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { type IdentityPage, isIdentityId, type PagePosition, type WireIdentity } from "../../kratos/index.js";
import { badUserInput, describeReceived } from "../errors.js";
import type { TraitsMask } from "../traits-mask/traits-mask.js";
import { Identity } from "./identity.type.js";

/** No cursor is as long. */
const MAX_CHARACTERS = 100;

/** A position as an opaque text: `id` or `id:index` in base64url. */
export function encodeCursor({ id, index }: PagePosition): string {
  return Buffer.from(index === undefined ? id : `${id}:${index}`).toString("base64url");
}

/** @throws BAD_USER_INPUT where the text is no cursor of this list */
export function decodeCursor(cursor: string): PagePosition {
  const [id = "", index, ...rest] = Buffer.from(cursor.slice(0, MAX_CHARACTERS), "base64url").toString().split(":");
  if (cursor.length > MAX_CHARACTERS || !isIdentityId(id) || rest.length > 0 || (index !== undefined && !/^\d{1,9}$/.test(index))) {
    throw badUserInput(`"after" must be a cursor from a page of identities, its edges' "cursor" or its "endCursor"; it was ${describeReceived(cursor)}.`);
  }
  return { id: id.toLowerCase(), ...(index !== undefined && { index: Number(index) }) };
}

// Other subgraphs have connections too, and Relay gives all of them this one PageInfo. Nothing else is shareable: what
// another subgraph would call by the same name (a UserError, a Health, a version) is another thing, and composition must say so.
@Directive("@shareable")
@ObjectType({ simpleResolvers: true, description: "Where a page stands in its list." })
export class PageInfo {
  @Field(() => Boolean, { description: "Whether there are more after this page." })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: "Whether there are some before this page." })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the page's first entry; null on an empty page." })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the page's last entry, to be given as `after`; null on an empty page." })
  endCursor: string | null;
}

@ObjectType({ simpleResolvers: true, description: "An identity in a list." })
export class IdentityEdge {
  @Field(() => Identity, { description: "The identity." })
  readonly node: Identity;

  /** Its place in the list; `cursor` is made of it where it is asked for. */
  readonly position: PagePosition;

  constructor(wire: WireIdentity, index: number | undefined, mask: TraitsMask | undefined) {
    this.node = Identity.from(wire, mask);
    this.position = { id: wire.id, index };
  }
}

@ObjectType({ simpleResolvers: true, description: "A page of identities." })
export class IdentityConnection {
  @Field(() => [IdentityEdge], { description: "The page's identities, each with its cursor." })
  readonly edges: IdentityEdge[];

  @Field(() => PageInfo, { description: "Whether and where the list goes on." })
  readonly pageInfo: PageInfo;

  constructor({ identities, firstIndex, hasNextPage }: IdentityPage, isFirstPage: boolean, mask: TraitsMask | undefined) {
    this.edges = identities.map((wire, offset) => new IdentityEdge(wire, firstIndex === undefined ? undefined : firstIndex + offset, mask));
    const [start, end] = [this.edges[0], this.edges.at(-1)];
    this.pageInfo = {
      hasNextPage,
      hasPreviousPage: !isFirstPage,
      startCursor: start ? encodeCursor(start.position) : null,
      endCursor: end ? encodeCursor(end.position) : null,
    };
  }
}

@Resolver(() => IdentityEdge)
export class IdentityEdgeResolver {
  @FieldResolver(() => String, { description: "Its place in the list, to be given as `after`. Good for any page size." })
  cursor(@Root() { position }: IdentityEdge): string {
    return encodeCursor(position);
  }
}
