import type { Release } from "../release.js";
import type { Upstream } from "../upstream.js";
import type { IdentityPage, PagePosition } from "./identity-page.js";
import { readIdentities } from "./read-identity.js";

/** A page as Kratos has them since v1.1: what comes after an id. One identity more is asked for, to see whether there are more. */
export async function listByKey(
  upstream: Upstream,
  release: Release,
  first: number,
  after?: PagePosition,
): Promise<IdentityPage> {
  const operation = "listIdentities";
  const query = { page_size: String(first + 1), ...(after && { page_token: after.id }) };
  const answer = await upstream.sendToAdmin(release, { operation, path: "/identities", query });
  const identities = readIdentities(operation, answer);
  return { identities: identities.slice(0, first), hasNextPage: identities.length > first };
}
