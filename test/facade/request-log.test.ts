import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { Registry } from "prom-client";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { codesOf, sendHttp, startLoopbackServer } from "../support/http.js";
import { useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";

const ID = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a11";
const identity = { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } };

let requestIds: unknown[];
let isFailing: boolean;
const { kratos } = useServers(async (cleanups) => ({
  kratos: cleanups.use(
    await startScriptedKratos("v26.2.0", (request, path) => {
      requestIds.push(request.headers["x-request-id"]);
      if (path === `/admin/identities/${ID}`) return { json: identity };
      if (path.startsWith("/admin/identities")) return !isFailing ? { json: [] } : { status: 500, json: { error: { code: 500, message: "ann@example.com" } } };
      return undefined;
    }),
  ),
}));

beforeEach(() => {
  requestIds = [];
  isFailing = true;
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
      client: "127.0.0.1",
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
  // Nobody asks who its caller is.
  expect(csrf).toEqual([expect.objectContaining({ msg: "A request was refused.", status: 400, code: "BAD_REQUEST" })]);
  expect(csrf[0]).not.toHaveProperty("caller");
});

it.each<[string, string, Record<string, string>, unknown, number]>([
  ["variables that are not an object", "POST", {}, { query: "{ version }", variables: "x" }, 400],
  ["variables in a URL that are not JSON", "GET", {}, "?query={version}&variables=x", 400],
  ["no query", "POST", {}, {}, 400],
  ["another method", "PUT", {}, { query: "{ version }" }, 405],
  ["an array, if arrays are disabled", "POST", {}, [{ query: "{ version }" }], 400],
  ["an Accept header that allows no JSON", "POST", { accept: "text/html" }, { query: "{ version }" }, 406],
])("has one line, with the code, for a request with %s", async (_, method, headers, request, status) => {
  const [path, body] = method === "GET" ? [`/graphql${String(request)}`, undefined] : ["/graphql", JSON.stringify(request)];
  const registry = new Registry();
  const lines = await logOf(
    async ({ url }) => {
      const answer = await sendHttp(url, { method, path, headers: { "content-type": "application/json", "x-request-id": "r-1", ...headers }, body });
      expect([answer.status, codesOf(answer)]).toEqual([status, ["BAD_REQUEST"]]);
    },
    "info",
    { metrics: registry },
  );
  expect(lines).toEqual([expect.objectContaining({ msg: "A request was refused.", requestId: "r-1", caller: "anybody", status, code: "BAD_REQUEST" })]);
  expect(await registry.getSingleMetric("kratos_graphql_refusals_total")!.get()).toMatchObject({ values: [{ labels: { code: "BAD_REQUEST" }, value: 1 }] });
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

it.each(["graphql-js", "graphql-jit"])("identifies the request in each line about a failure of Kratos, executed by %s", async (executor) => {
  const { key, line } = createApiKey("shop", ["identities:read"]);
  const options = { authentication: { apiKeys: parseApiKeys(line) }, tracerProvider: new BasicTracerProvider() };
  const lines = await logOf(
    async (facade) => {
      const send = () => facade.send("{ identities(first: 2) { edges { node { id } } } }", {}, { authorization: `Bearer ${key}`, "x-request-id": "shop-17" });
      isFailing = false;
      for (let time = 0; executor === "graphql-jit" && time <= USES_BEFORE_COMPILATION; time++) await send();
      isFailing = true;
      await send();
    },
    "info",
    options,
  );
  const [failure, request] = lines.slice(-2);
  const fields = { requestId: "shop-17", caller: "key:shop", client: "127.0.0.1", traceId: expect.stringMatching(/^[0-9a-f]{32}$/) };
  expect(request).toMatchObject({ ...fields, msg: "request", codes: ["KRATOS_ERROR"] });
  expect(failure).toEqual({
    level: 40,
    time: expect.any(Number),
    ...fields,
    traceId: request!["traceId"],
    operation: "listIdentities",
    path: "identities",
    detail: "code 500",
    msg: expect.stringContaining("unexpected response to listIdentities"),
  });
});

describe("the address of the client", () => {
  const clientOf = async (trustedProxies: readonly string[] | undefined, headers: Record<string, string>) => {
    const lines = await logOf(async (facade) => void (await facade.send("{ __typename }", {}, headers)), "info", { trustedProxies });
    return lines.at(-1)!["client"];
  };

  it("is that of the connection, and not what the caller says", async () => {
    for (const proxies of [undefined, ["10.0.0.0/8", "::1"]]) {
      expect(await clientOf(proxies, { "x-forwarded-for": "203.0.113.7", forwarded: "for=203.0.113.7", "x-real-ip": "203.0.113.7" })).toBe("127.0.0.1");
    }
  });

  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7, 10.1.2.3,10.0.0.1", "203.0.113.7"],
    ["2001:db8::7", "2001:db8::7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["10.1.2.3", "10.1.2.3"],
    ["ann@example.com, 10.0.0.1", "10.0.0.1"],
    ["ann@example.com", "127.0.0.1"],
    ["", "127.0.0.1"],
  ])("is the last one in X-Forwarded-For %j that is not of a trusted proxy: %s", async (forwarded, client) => {
    expect(await clientOf(["127.0.0.1", "10.0.0.0/8", "fd00::/8"], { "x-forwarded-for": forwarded })).toBe(client);
  });

  it("is in the line of a request that is refused", async () => {
    const lines = await logOf(async ({ url }) => void (await fetch(`${url}/nothing`)));
    expect(lines).toMatchObject([{ msg: "A request was refused.", status: 404, client: "127.0.0.1" }]);
  });
});
