import { Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { type IdentityPage, isUuid, type KratosMalformedIdentityError, type PagePosition, type WireIdentity } from "../../kratos/index.js";
import { PageInfo } from "../connection.js";
import { badUserInput, describeReceived } from "../errors.js";
import type { TraitsMask } from "../traits-mask.js";
import { Identity } from "./identity.type.js";

@ObjectType({ simpleResolvers: true, description: "An identity in a list." })
export class IdentityEdge {
  @Field(() => Identity, { nullable: true, description: "The identity. Null, with an error, if Kratos returns a malformed identity." })
  readonly node: Identity | KratosMalformedIdentityError;

  /** `cursor` is encoded from it, if selected. */
  readonly position: PagePosition;

  constructor(wire: WireIdentity | KratosMalformedIdentityError, index: number | undefined, mask: TraitsMask | undefined) {
    this.node = wire instanceof Error ? wire : Identity.from(wire, mask);
    this.position = { id: wire.id, index };
  }
}

@ObjectType({ simpleResolvers: true, description: "A page of identities." })
export class IdentityConnection {
  @Field(() => [IdentityEdge], { description: "Identities on the page, each with its cursor." })
  readonly edges: IdentityEdge[];

  @Field(() => PageInfo, { description: "Information about the page." })
  readonly pageInfo: PageInfo;

  constructor({ identities, firstIndex, hasNextPage }: IdentityPage, isFirstPage: boolean, mask: TraitsMask | undefined) {
    this.edges = identities.map((wire, offset) => new IdentityEdge(wire, firstIndex === undefined ? undefined : firstIndex + offset, mask));
    const ends = [this.edges[0], this.edges.at(-1)].flatMap((edge) => edge ?? []);
    this.pageInfo = new PageInfo(ends.map(({ position }) => encodeCursor(position)), isFirstPage, hasNextPage);
  }
}

@Resolver(() => IdentityEdge)
export class IdentityEdgeResolver {
  @FieldResolver(() => String, {
    description: "Position of the identity in the list. To get the identities that follow, pass it as `after`, with any page size.",
  })
  cursor(@Root() { position }: IdentityEdge): string {
    return encodeCursor(position);
  }
}

/** Longer than any cursor. */
const MAX_CHARACTERS = 100;

/** Encodes a position as an opaque string: `id` or `id:index` in base64url. */
export function encodeCursor({ id, index }: PagePosition): string {
  return Buffer.from(index === undefined ? id : `${id}:${index}`).toString("base64url");
}

/** @throws BAD_USER_INPUT if the string is not a cursor of this list */
export function decodeCursor(cursor: string): PagePosition {
  const position = parseCursor(cursor);
  if (position) return position;
  throw badUserInput(`"after" must be a cursor: the "cursor" of an edge or the "endCursor" of a page of identities; received ${describeReceived(cursor)}.`);
}

/** Whether a value is a cursor of a Kratos that numbers its pages, where its position may have to be searched. */
export function isIndexCursor(value: unknown): boolean {
  return typeof value === "string" && parseCursor(value)?.index !== undefined;
}

function parseCursor(cursor: string): PagePosition | undefined {
  if (cursor.length > MAX_CHARACTERS) return undefined;
  const [id = "", index, ...rest] = Buffer.from(cursor, "base64url").toString().split(":");
  if (!isUuid(id) || rest.length > 0 || (index !== undefined && !/^\d{1,9}$/.test(index))) return undefined;
  return { id: id.toLowerCase(), ...(index !== undefined && { index: Number(index) }) };
}
