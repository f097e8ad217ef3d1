import { auditServer, type AuditResult } from "graphql-http";
import { startEmbeddedKratos } from "../../src/embedded/embedded-kratos.js";
import { useFacade } from "../support/use-facade.js";

/**
 * What the GraphQL over HTTP specification says SHOULD be, and is otherwise here: Apollo Server answers an operation that
 * cannot be executed with 400, also to clients of the old content type, so that proxies and alerts see that it failed.
 */
const WARNINGS = [
  "572B SHOULD use 200 status code on document parsing failure when accepting application/json",
  "FDE2 SHOULD use 200 status code on document validation failure when accepting application/json",
  "7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json",
];

const { facade } = useFacade(startEmbeddedKratos);

it("graphql-http's audits of GraphQL over HTTP find no error, and these warnings alone", async () => {
  const results: AuditResult[] = await auditServer({
    url: `${facade.url}/graphql`,
    // A GET that any page could send unasked is refused; this header tells that it was not.
    fetchFn: (url: string, init?: RequestInit) => fetch(url, { ...init, headers: { ...init?.headers, "apollo-require-preflight": "true" } }),
  });
  expect(results).toHaveLength(61);
  expect(results.filter(({ status }) => status === "error")).toEqual([]);
  expect(results.filter(({ status }) => status === "warn").map(({ id, name }) => `${id} ${name}`)).toEqual(WARNINGS);
}, 30_000);
