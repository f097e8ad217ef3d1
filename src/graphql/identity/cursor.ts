import { isIdentityId, type PagePosition } from "../../kratos/index.js";
import { came } from "../errors/came.js";
import { badUserInput } from "../errors/bad-user-input.js";

/** No cursor is as long. */
const MOST_CHARACTERS = 100;

/** A position as an opaque text: `id` or `id:index` in base64url. */
export function encodeCursor({ id, index }: PagePosition): string {
  return Buffer.from(index === undefined ? id : `${id}:${index}`).toString("base64url");
}

/** @throws BAD_USER_INPUT where the text is no cursor of this list */
export function decodeCursor(cursor: string): PagePosition {
  const [id = "", index, ...rest] = Buffer.from(cursor.slice(0, MOST_CHARACTERS), "base64url").toString().split(":");
  if (cursor.length > MOST_CHARACTERS || !isIdentityId(id) || rest.length > 0 || (index !== undefined && !/^\d{1,9}$/.test(index))) {
    throw badUserInput(`"after" must be a cursor from a page of identities, its edges' "cursor" or its "endCursor"; it was ${came(cursor)}.`);
  }
  return { id: id.toLowerCase(), ...(index !== undefined && { index: Number(index) }) };
}
