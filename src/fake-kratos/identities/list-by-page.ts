import type { KratosRequest } from "../http/kratos-request.js";
import { pageLinks, parsePage } from "../http/page-links.js";
import { json, type Reply } from "../http/reply.js";
import type { KratosState } from "../kratos-state.js";
import { identityJson } from "./identity-json.js";

/** The list of v0.6.3: by page number only, the greatest id first. */
export function listByPage(state: KratosState, request: KratosRequest): Reply {
  const { page, perPage } = parsePage(request.query, { perPage: 250, maximum: 1000 });
  // Page 0 and page 1 are the same page, while the Link header counts from 0: whoever follows it reads the first page twice.
  const start = (Math.max(page, 1) - 1) * perPage;
  const identities = state.identities
    .sorted()
    .reverse()
    .slice(start, start + perPage);
  const values = (size: number, number: number) => ({ page: String(number), per_page: String(size) });
  const link = pageLinks({ page, perPage, total: state.identities.size }, values, `${state.adminUrl}/identities`, []);
  return json(
    identities.map((identity) => identityJson(state, identity, "listed")),
    200,
    { link },
  );
}
