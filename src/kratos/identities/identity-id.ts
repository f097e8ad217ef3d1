import { isUuid } from "../uuid.js";

/** Whether an id can be an identity's. Kratos says 404 for another by itself, but 400 for all of an `ids=` that holds one. */
export function isIdentityId(id: string): boolean {
  return isUuid(id);
}
