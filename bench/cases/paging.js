import { ask } from "../measure/check-answer.js";
import { SUBJECTS } from "./subjects.js";
import { dataOf, expectIdentity } from "./expect.js";
import { graphql, text } from "./request.js";

const PAGES = SUBJECTS.length;
const QUERY = text(`
  query Page($after: String) { identities(first: 1, after: $after) { edges { node { id traits } } pageInfo { hasNextPage endCursor } } }
`);

/**
 * Walks through the identities one by one, as a client does, to the last page.
 * @returns the requests for the first and the last page, of kratos-graphql alone
 */
export async function walk(url) {
  let after = null;
  for (let page = 1; page < PAGES; page += 1) after = (await pageAt(url, after, page)).pageInfo.endCursor;
  await pageAt(url, after, PAGES);
  return { page1: graphql(QUERY, { after: null }), page500: graphql(QUERY, { after }) };
}

async function pageAt(url, after, page) {
  const { identities } = dataOf((await ask(url, graphql(QUERY, { after }))).json);
  expectIdentity(identities.edges[0].node, SUBJECTS[page - 1], ["id", "traits"]);
  if (!identities.pageInfo.hasNextPage) throw new Error(`expected page ${page} to have a next one`);
  return identities;
}
