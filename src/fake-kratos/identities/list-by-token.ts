import { goLink } from "../go/go-query.js";
import { parseUuid } from "../go/go-uuid.js";
import { badRequest } from "../http/kratos-error.js";
import type { KratosRequest } from "../http/kratos-request.js";
import { pageLinks, parsePage } from "../http/page-links.js";
import { json, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import type { Identity } from "./identity.js";
import { identityJson } from "./identity-json.js";

const path = "/admin/identities";
const firstToken = "00000000-0000-0000-0000-000000000000";
const maximum = 500;
const usual = 250;
const furthestNumberedItem = 1000;

/** The list of v26: by token, the smallest id first; page numbers still work. */
export function listByToken(state: KratosState, request: KratosRequest): Reply {
  const { query } = request;
  const identities = filtered(state, query);
  const shown = query.get("credentials_identifier") ? "read" : "listed";
  const show = (page: Identity[]) => page.map((identity) => identityJson(state, identity, shown));
  if (query.has("page") && !query.has("page_token") && !query.has("page_size")) {
    const { page, perPage } = parsePage(query, { perPage: usual, maximum });
    if (page * perPage > furthestNumberedItem) {
      throw badRequest(
        `Legacy pagination is not supported for enumerating over ${furthestNumberedItem} items. Please switch to using page_token and page_size.`,
      );
    }
    const total = shown === "read" ? identities.length : state.identities.size;
    const values = (size: number, number: number) => ({ page: String(number), per_page: String(size) });
    const link = pageLinks({ page, perPage, total }, values, path, query);
    return json(show(identities.slice(page * perPage, (page + 1) * perPage)), 200, { link, "x-total-count": String(total) });
  }
  const size = pageSize(query);
  const rest = identities.filter(({ id }) => id > pageToken(query));
  const page = rest.slice(0, size);
  const link = (token: string, rel: string) => goLink(path, linkQuery(query), { page_size: String(size), page_token: token }, rel);
  const next = rest.length > size ? [link(page.at(-1)?.id ?? "", "next")] : [];
  return json(show(page), 200, { link: [link(firstToken, "first"), ...next].join(",") });
}

function filtered(state: KratosState, query: URLSearchParams): Identity[] {
  const ids = query.getAll("ids").map((text) => {
    const id = parseUuid(text);
    if (typeof id !== "string") throw badRequest(`Invalid UUID value \`${text}\` for parameter \`ids\`.`);
    return id;
  });
  if (ids.length > maximum) throw badRequest("The number of ids to filter must not exceed 500.");
  const identifier = query.get("credentials_identifier")?.trim().toLowerCase();
  if (ids.length > 0 && identifier) throw badRequest("You cannot combine multiple filters in this API");
  const all = state.identities.sorted();
  if (identifier) return all.filter(({ password }) => password?.identifiers.includes(identifier));
  return ids.length > 0 ? all.filter(({ id }) => ids.includes(id)) : all;
}

function pageSize(query: URLSearchParams): number {
  const text = (query.has("page_token") || query.has("page_size") ? query.get("page_size") : query.get("per_page")) || "0";
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text) < 1 ? usual : Math.min(Number(text), maximum);
}

function pageToken(query: URLSearchParams): string {
  const text = query.get("page_token") || firstToken;
  const token = parseUuid(text);
  if (typeof token !== "string") throw badRequest("The page token is invalid, do not craft your own page tokens");
  return token;
}

/** A lone per_page is renamed to page_size before the links are made. */
const linkQuery = (query: URLSearchParams): [string, string][] =>
  [...query].filter(([key]) => key !== "per_page" || query.has("page_token") || query.has("page_size"));
