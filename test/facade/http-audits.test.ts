import { auditServer, type AuditResult } from "graphql-http";
import { startFakeKratos } from "../fake-kratos/index.js";
import { useFacade } from "../support/use-facade.js";

/**
 * The SHOULDs of the GraphQL over HTTP specification from which this server deviates: Apollo Server responds to an invalid
 * operation with 400, even to clients of the old content type, so that proxies and alerts see the failure.
 */
const WARNINGS = [
  "572B SHOULD use 200 status code on document parsing failure when accepting application/json",
  "FDE2 SHOULD use 200 status code on document validation failure when accepting application/json",
  "7B9B SHOULD use a status code of 200 on variable coercion failure when accepting application/json",
];

const { facade } = useFacade(startFakeKratos);

it("passes graphql-http's audits of GraphQL over HTTP without errors, and with known warnings only", async () => {
  const results: AuditResult[] = await auditServer({
    url: `${facade.url}/graphql`,
    // CSRF prevention: without this header any page could send the GET.
    fetchFn: (url: string, init?: RequestInit) => fetch(url, { ...init, headers: { ...init?.headers, "apollo-require-preflight": "true" } }),
  });
  expect(results).toHaveLength(61);
  expect(results.filter(({ status }) => status === "error")).toEqual([]);
  expect(results.filter(({ status }) => status === "warn").map(({ id, name }) => `${id} ${name}`)).toEqual(WARNINGS);
}, 30_000);
