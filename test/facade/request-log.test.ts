import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startLoopbackServer } from "../support/http.js";
import { useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";

const ID = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a11";
const identity = { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } };

let requestIds: unknown[];
const { kratos } = useServers(async (cleanups) => ({
  kratos: cleanups.use(
    await startScriptedKratos("v26.2.0", (request, path) => {
      requestIds.push(request.headers["x-request-id"]);
      if (path === `/admin/identities/${ID}`) return { json: identity };
      if (path.startsWith("/admin/identities")) return { status: 500, json: { error: { code: 500, message: "ann@example.com" } } };
      return undefined;
    }),
  ),
}));

beforeEach(() => {
  requestIds = [];
});

/** Runs requests against a facade. @returns the log of the facade */
async function logOf(work: (facade: FacadeUnderTest) => Promise<void>, level: "info" | "warn" = "info", options: FacadeTestOptions = {}) {
  const { logger, entries } = captureLog(level);
  const facade = await startFacade(kratos, { logger, ...options });
  await work(facade);
  await facade.stop();
  return entries();
}

const GET = `query GetAnn($id: ID!) { identity(id: $id) { traits } }`;

it("has one line per request, with caller, operation, duration, requests to Kratos and outcome", async () => {
  const lines = await logOf(async (facade) => void (await facade.send(GET, { id: ID }, { "x-request-id": "shop-17" })));
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      msg: "request",
      requestId: "shop-17",
      caller: "anybody",
      operationName: "GetAnn",
      operationType: "query",
      durationMs: expect.any(Number),
      // The identity, and the version.
      upstreamCalls: 2,
      outcome: "ok",
      status: 200,
    },
  ]);
});

it("has the caller's request ID, which is passed to Kratos, or a new one if it is missing or invalid", async () => {
  await logOf(async (facade) => {
    await facade.send(GET, { id: ID }, { "x-request-id": "shop-17" });
    await facade.send(GET, { id: ID }, { "x-request-id": "two words" });
  });
  expect(requestIds).toEqual(["shop-17", "shop-17", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
});

it("contains the codes of errors, and no data of Kratos or of the caller", async () => {
  const lines = await logOf(async (facade) => {
    await facade.send(`query Two { a: identities(first: 1) { edges { cursor } } b: identities(first: 999) { edges { cursor } } }`);
    await facade.send(`query Bad { nothing(email: "ann@example.com") }`);
    await facade.send(`query Worse { "ann@example.com" `);
  });
  const requests = lines.filter(({ msg }) => msg === "request");
  expect(requests).toMatchObject([
    { operationName: "Two", outcome: "errors", codes: expect.arrayContaining(["KRATOS_ERROR", "BAD_USER_INPUT"]), status: 200 },
    { operationName: "Bad", outcome: "errors", codes: ["GRAPHQL_VALIDATION_FAILED"], upstreamCalls: 0, status: 400 },
    { outcome: "errors", codes: ["GRAPHQL_PARSE_FAILED"], status: 400 },
  ]);
  expect(JSON.stringify(requests)).not.toContain("ann@");
});

it("truncates a very long operation name", async () => {
  const [line] = await logOf(async (facade) => void (await facade.send(`query ${"N".repeat(10_000)} { __typename }`)));
  expect(line!["operationName"]).toBe("N".repeat(64));
});

it("has one line for each operation of an array", async () => {
  const lines = await logOf(
    async ({ url }) => {
      const body = JSON.stringify([{ query: GET, variables: { id: ID } }, { query: `query Other { __typename }` }]);
      await (await fetch(`${url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body })).text();
    },
    "info",
    { batching: true },
  );
  expect(lines).toMatchObject([{ operationName: "Other" }, { operationName: "GetAnn" }]);
  expect(lines[0]!["requestId"]).toBe(lines[1]!["requestId"]);
});

it("has one line for a request that is rejected before GraphQL", async () => {
  const keys = { authentication: { apiKeys: parseApiKeys(createApiKey("shop", ["identities:read"]).line) } };
  const refused = await logOf(async (facade) => void (await facade.send(GET, { id: ID })), "info", keys);
  expect(refused).toMatchObject([{ msg: "A request was refused.", status: 401, code: "UNAUTHENTICATED" }]);
  const csrf = await logOf(async ({ url }) => void (await (await fetch(`${url}/graphql?query={version}`)).text()));
  expect(csrf).toMatchObject([{ msg: "A request was refused.", status: 400, code: "BAD_REQUEST" }]);
});

it("has no line for a successful request with LOG_LEVEL=warn", async () => {
  expect(await logOf(async (facade) => void (await facade.send(GET, { id: ID })), "warn")).toEqual([]);
});

it("counts a request to an unavailable Kratos", async () => {
  const gone = await startLoopbackServer(() => {});
  await gone.stop();
  const { logger, entries } = captureLog("info");
  const facade = await startFacade({ adminUrl: gone.url }, { logger });
  await facade.send(GET, { id: ID });
  await facade.stop();
  expect(entries().at(-1)).toMatchObject({ msg: "request", upstreamCalls: 1, outcome: "errors", codes: ["KRATOS_UNAVAILABLE"], status: 200 });
});
