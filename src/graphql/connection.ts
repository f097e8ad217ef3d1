import { Directive, Field, ObjectType } from "type-graphql";
import type { ListPosition } from "../kratos/index.js";
import { badUserInput, describeReceived } from "./errors.js";

/*
 * What all connections have in common. Each has its own edges and cursors.
 */

export const DEFAULT_FIRST = 50;
export const MAX_FIRST = 250;

/** Description of the argument `after` of a connection. */
export const AFTER_DESCRIPTION = "Cursor after which to continue: the `cursor` of an edge or the `endCursor` of a page. Default: the start of the list.";

/** Description of the argument `first` of a connection. */
export const FIRST_DESCRIPTION = `Maximum number of results to return, from 1 to ${MAX_FIRST}. Default: ${DEFAULT_FIRST}.`;

/** @throws BAD_USER_INPUT if `first` is not in its range */
export function getPageSize(first: number | null | undefined): number {
  const size = first ?? DEFAULT_FIRST;
  if (size < 1 || size > MAX_FIRST) throw badUserInput(`"first" must be between 1 and ${MAX_FIRST}; received ${size}.`);
  return size;
}

/** The length that a page can have, for its cost. The argument is not checked yet. */
export function getMaxPageSize({ first }: { readonly first?: unknown }): number {
  return Math.min(Math.max(Number(first ?? DEFAULT_FIRST), 0), MAX_FIRST);
}

/**
 * Encodes a position as an opaque cursor: `list:offset` or `list:offset:token` in base64url.
 * @param list name of the list, so that no other list takes the cursor for one of its own
 */
export function encodePosition(list: string, { offset, token }: ListPosition): string {
  return Buffer.from(token === undefined ? `${list}:${offset}` : `${list}:${offset}:${token}`).toString("base64url");
}

/** @throws BAD_USER_INPUT if the string is not a cursor of this list */
export function decodePosition(list: string, cursor: string | null | undefined): ListPosition | undefined {
  if (cursor === null || cursor === undefined) return undefined;
  const [name, offset = "", token, ...rest] = Buffer.from(cursor, "base64url").toString().split(":");
  const isPosition = name === list && /^\d{1,9}$/.test(offset) && token !== "" && rest.length === 0;
  if (isPosition) return { offset: Number(offset), token };
  throw badUserInput(`"after" must be a cursor: the "cursor" of an edge or the "endCursor" of a page of \`${list}\`; received ${describeReceived(cursor)}.`);
}

// Other subgraphs have connections too, and Relay requires all of them to share one PageInfo. No other type is shareable: if
// another subgraph has a UserError, a Health or a version, it means something else, and composition must fail.
@Directive("@shareable")
@ObjectType({ simpleResolvers: true, description: "Information about a page of a list." })
export class PageInfo {
  @Field(() => Boolean, { description: "True if there are more results after the page." })
  readonly hasNextPage: boolean;

  @Field(() => Boolean, { description: "True if there are results before the page." })
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first result. Null if the page is empty." })
  readonly startCursor: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last result. To get the next page, pass it as `after`. Null if the page is empty." })
  readonly endCursor: string | null;

  /** @param cursors of all results on the page, or of the first and the last one */
  constructor(cursors: readonly string[], isFirstPage: boolean, hasNextPage: boolean) {
    this.hasNextPage = hasNextPage;
    this.hasPreviousPage = !isFirstPage;
    this.startCursor = cursors[0] ?? null;
    this.endCursor = cursors.at(-1) ?? null;
  }
}
