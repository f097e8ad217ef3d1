const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether an id can be an identity's. Kratos says 404 for another by itself, but 400 for all of an `ids=` that holds one. */
export function isIdentityId(id: string): boolean {
  return UUID.test(id);
}
