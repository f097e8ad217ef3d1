import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Registry } from "prom-client";
import { parse } from "yaml";
import { createProcessMetrics } from "../../src/server/telemetry/metrics.js";
import { startLoopbackServer, type LoopbackServer } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos, type Scripted, type ScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, type FacadeUnderTest } from "../support/use-facade.js";

const ID = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a11";
const MISSING = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a12";
const LINK = "https://kratos.example.com/self-service/recovery?token=secret-token";
const identity = { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } };

let kratos: ScriptedKratos;
let metrics: LoopbackServer;
let facade: FacadeUnderTest;

beforeEach(async () => {
  const script = ({ method }: IncomingMessage, path: string): Scripted | undefined => {
    if (path === `/admin/identities/${ID}`) return { json: identity };
    if (path.includes("?ids=")) return { json: [identity] };
    if (path === "/admin/recovery/link" && method === "POST") return { json: { recovery_link: LINK } };
    if (path.startsWith("/admin/identities/")) return { status: 404, json: { error: { code: 404, message: "none" } } };
    if (path.startsWith("/admin/identities")) return "reset";
    return path.startsWith("/self-service/errors") ? "hang" : undefined;
  };
  kratos = await stopAfterTest(startScriptedKratos("v26.2.0", script));
  const { registry, handle } = createProcessMetrics();
  metrics = await stopAfterTest(startLoopbackServer(handle));
  // Nothing listens on port 9.
  const traits = { trustsSchema: false, schemas: [] };
  facade = await startFacade(kratos, { metrics: registry, traits, rateLimit: { requests: 1_000, windowS: 10, redisUrl: "redis://127.0.0.1:9" } });
});

const scrape = async () => (await fetch(`${metrics.url}/metrics`)).text();
/** The value of a series, or undefined if it does not exist. */
const valueOf = (text: string, series: string) => text.split("\n").find((line) => line.startsWith(`${series} `))?.split(" ")[1];
const labelsIn = (text: string, label: string) => new Set([...text.matchAll(new RegExp(`\\b${label}="([^"]*)"`, "g"))].map(([, value]) => value));

async function someOfEach(): Promise<void> {
  await facade.send(`query Ann($id: ID!) { identity(id: $id) { traits } }`, { id: ID });
  await facade.send(`query Two { a: identity(id: "${ID}") { id } b: identity(id: "${MISSING}") { id } }`);
  await facade.send(`{ identity(id: "${MISSING}") { id } }`);
  await facade.send(`query List { identities(first: 1) { edges { cursor } } }`);
  await facade.send(`mutation Link { createRecoveryLink(input: { identityId: "${ID}" }) { recoveryLink { url } } }`);
  await (await fetch(`${facade.url}/graphql`, { method: "POST", headers: { "content-type": "application/json" }, body: "{" })).text();
}

it("counts operations and requests to Kratos by name, and their errors by code", async () => {
  await someOfEach();
  const text = await scrape();
  const counted = (name: string) => valueOf(text, `kratos_graphql_${name}`);
  expect(counted(`operation_duration_seconds_count{operation="Ann",type="query"}`)).toBe("1");
  expect(counted(`operation_duration_seconds_count{operation="Link",type="mutation"}`)).toBe("1");
  expect(counted(`operation_duration_seconds_count{operation="anonymous",type="query"}`)).toBe("1");
  expect(counted(`operation_errors_total{operation="List",code="KRATOS_UNAVAILABLE"}`)).toBe("1");
  expect(counted(`upstream_duration_seconds_count{operation="getIdentity"}`)).toBe("2");
  expect(counted(`upstream_duration_seconds_count{operation="createRecoveryLink"}`)).toBe("1");
  expect(counted(`upstream_errors_total{operation="getIdentity",code="404"}`)).toBe("1");
  expect(counted(`upstream_errors_total{operation="listIdentities",code="KRATOS_UNAVAILABLE"}`)).toBe("1");
  expect(counted(`loader_batch_size_bucket{le="1",loader="identity"}`)).toBe("2");
  expect(counted(`loader_batch_size_sum{loader="identity"}`)).toBe("4");
  expect(counted(`refusals_total{code="BAD_REQUEST"}`)).toBe("1");
  expect(Number(valueOf(text, "nodejs_eventloop_lag_p99_seconds"))).toBeGreaterThan(0);
});

it("says which build it is", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(valueOf(await scrape(), `kratos_graphql_build_info{version="${version}",revision="",node="${process.version}"}`)).toBe("1");
});

it("contains no ID, trait or link", async () => {
  await someOfEach();
  expect(await scrape()).not.toMatch(/f2d9c1a0|ann@|secret-token|https?:/);
});

it("limits the number of operation names, and counts further ones as `other`", async () => {
  for (let at = 0; at < 150; at++) await facade.send(`query Made_up_${at} { __typename }`);
  await facade.send(`query ${"x".repeat(500)} { __typename }`);
  const names = labelsIn(await scrape(), "operation");
  expect(names.size).toBe(101);
  expect(names).toContain("other");
});

it("does not count an invalid operation by its name", async () => {
  await facade.send(`query Wrong { nothing }`);
  await facade.send(`query Right { __typename }`);
  await facade.send(`query Right { nothing }`);
  const text = await scrape();
  expect(labelsIn(text, "operation")).toEqual(new Set(["other", "Right"]));
  expect(valueOf(text, `kratos_graphql_operation_errors_total{operation="Right",code="GRAPHQL_VALIDATION_FAILED"}`)).toBe("1");
});

it("reports how many requests to Kratos are running and queued", async () => {
  const narrow = new Registry();
  const other = await startFacade(kratos, { connections: 1, timeoutMs: 1_000, metrics: narrow });
  const asked = Promise.all([1, 2, 3].map(() => other.send(`query Hang { selfServiceError(id: "hang") { id } }`)));
  const loadOf = () => ["running", "queued"].map(async (name) => valueOf(await narrow.metrics(), `kratos_graphql_upstream_${name}`));
  const loadIs = async (load: string) => {
    while ((await Promise.all(loadOf())).join() !== load) await sleep(5);
  };
  await loadIs("1,2");
  await asked;
  await loadIs("0,0");
}, 10_000);

it("counts readiness checks among the requests to Kratos", async () => {
  await (await fetch(`${facade.url}/health/ready`)).text();
  expect(valueOf(await scrape(), `kratos_graphql_upstream_duration_seconds_count{operation="isReady"}`)).toBe("1");
});

it("serves metrics only at /metrics of their own port", async () => {
  expect((await fetch(`${metrics.url}/`)).status).toBe(404);
  expect((await fetch(`${facade.url}/metrics`)).status).toBe(404);
});

it("counts an operation with several errors as one failed operation, and one without errors as none", async () => {
  const share = async (operation: string) => {
    const text = await scrape();
    return [`failed_operations_total{operation="${operation}"}`, `operation_duration_seconds_count{operation="${operation}",type="query"}`].map((series) => valueOf(text, `kratos_graphql_${series}`));
  };
  await facade.send(`query Fine { __typename }`);
  expect(await share("Fine")).toEqual(["0", "1"]);
  await facade.send(`query Errors { identities(first: 1) { edges { cursor } } loginFlow(id: "${ID}") { id } }`);
  expect(labelsIn(await scrape(), "code").size).toBeGreaterThan(1);
  expect(await share("Errors")).toEqual(["1", "1"]);
});

it("has every metric and error code of the alerting rules, each of which is documented", async () => {
  await someOfEach();
  const known = await scrape();
  const { groups } = parse(readFileSync("deploy/prometheus/alerts.yml", "utf8"));
  const rules: { alert: string; expr: string }[] = groups.flatMap(({ rules }: any) => rules);
  const metrics = rules.flatMap(({ expr }) => expr.match(/\b(kratos_graphql|nodejs)_\w+/g)!);
  expect(metrics.filter((name) => !known.includes(`\n${name}`))).toEqual([]);
  const errors = readFileSync("docs/errors.md", "utf8");
  const codes = rules.flatMap(({ expr }) => expr.match(/\b[A-Z]+_[A-Z_]+\b|OVERLOADED/g) ?? []);
  expect(codes.length).toBeGreaterThan(4);
  expect(codes.filter((code) => !errors.includes(`\`${code}\``))).toEqual([]);
  const operations = readFileSync("docs/operations.md", "utf8");
  expect(rules.filter(({ alert }) => !operations.includes(`| \`${alert}\` |`))).toEqual([]);
  expect(parse(readFileSync("deploy/kubernetes/prometheus-operator/prometheus-rule.yaml", "utf8")).spec.groups).toEqual(groups);
});

it("has every metric of the Grafana dashboard", async () => {
  await someOfEach();
  const known = new Set((await scrape()).split("\n").map((line) => /^[a-z]\w*/.exec(line)?.[0]));
  const { panels, templating } = JSON.parse(readFileSync("deploy/grafana/kratos-graphql.json", "utf8"));
  const queries: string[] = [
    ...panels.flatMap(({ targets = [] }: any) => targets.map(({ expr }: any) => expr)),
    ...templating.list.flatMap(({ query }: any) => (typeof query === "object" ? [query.query] : [])),
  ];
  const named = new Set(queries.flatMap((query) => query.match(/\b(kratos_graphql|process|nodejs)_\w+/g) ?? []));
  expect(named.size).toBeGreaterThan(10);
  expect([...named].filter((name) => !known.has(name))).toEqual([]);
  // The dashboard shows each metric of this server.
  const own = [...known].flatMap((name) => /^(kratos_graphql_\w+?)(_bucket|_sum|_count)?$/.exec(name ?? "")?.[1] ?? []);
  expect([...new Set(own)].filter((name) => ![...named].some((read) => read.startsWith(name)))).toEqual([]);
});
