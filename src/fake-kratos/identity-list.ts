import { badRequest } from "./errors.js";
import type { Identities, Identity } from "./identities.js";
import type { KratosResponse } from "./server.js";

const DEFAULT_PAGE_SIZE = "250";
const FIRST_TOKEN = "00000000-0000-0000-0000-000000000000";
const MAX_IDS = 500;
const FILTERS = ["ids", "organization_id", "credentials_identifier", "preview_credentials_identifier_similar"];

/** A page of the identities that match the filter after `page_token`, in ascending order of ID. */
export function listIdentities(identities: Identities, query: URLSearchParams): KratosResponse {
  const matches = findMatches(identities, query);
  const size = query.get("page_size") ?? DEFAULT_PAGE_SIZE;
  const token = query.get("page_token") ?? FIRST_TOKEN;
  const after = matches.filter(({ id }) => id > token);
  const page = after.slice(0, Number(size));
  const link = (rel: string, pageToken: string) => {
    const repeated = new URLSearchParams(query);
    repeated.set("page_size", size);
    repeated.set("page_token", pageToken);
    repeated.sort();
    return `</admin/identities?${repeated}>; rel="${rel}"`;
  };
  const links = [link("first", FIRST_TOKEN), ...(after.length > page.length ? [link("next", page.at(-1)!.id)] : [])];
  return { json: page, headers: { link: links.join(",") } };
}

/** An empty filter is none at all. */
function findMatches(identities: Identities, query: URLSearchParams): readonly Identity[] {
  const all = identities.sorted();
  if (FILTERS.filter((name) => query.get(name)).length > 1) throw badRequest("You cannot combine multiple filters in this API");
  const ids = query.getAll("ids");
  if (ids.length > 0) {
    if (ids.length > MAX_IDS) throw badRequest(`The number of ids to filter must not exceed ${MAX_IDS}.`);
    const wanted = new Set(ids.map((id) => id.toLowerCase()));
    return all.filter(({ id }) => wanted.has(id));
  }
  const organizationId = query.get("organization_id")?.toLowerCase();
  if (organizationId) return all.filter(({ organization_id }) => organization_id === organizationId);
  const identifier = query.get("credentials_identifier");
  if (identifier) return search(identities, all, identifier, (other, wanted) => other === wanted);
  const prefix = query.get("preview_credentials_identifier_similar");
  // SQLite knows no escape character unless it is told one, which Kratos does not do.
  if (prefix) return search(identities, all, prefix, (other, wanted) => !/[%_\\]/.test(prefix) && other.startsWith(wanted));
  return all;
}

/** The identifier of a provider is not normalized. */
function search(identities: Identities, all: readonly Identity[], text: string, isMatch: (identifier: string, text: string) => boolean): Identity[] {
  return all.filter((identity) => {
    const { password, oidc } = identities.identifiersOf(identity);
    return password.some((one) => isMatch(one, normalize(text))) || oidc.some((one) => isMatch(one, text));
  });
}

/** Go trims other characters than JavaScript. */
function normalize(identifier: string): string {
  return identifier.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "").toLowerCase();
}
