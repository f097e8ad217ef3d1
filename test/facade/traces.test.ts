import { setTimeout as sleep } from "node:timers/promises";
import { graphqlUrlOf, startCli, type Program } from "../support/child-process.js";
import { fetchGraphQL, startLoopbackServer, type LoopbackServer } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos, type ScriptedKratos } from "../support/scripted-kratos.js";

const ID = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a11";
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

interface Collected {
  readonly type: string;
  readonly body: Buffer;
}

let kratos: ScriptedKratos;
let traceparents: unknown[];
let collector: LoopbackServer;
let collected: Collected[];
/** Whether the collector responds. */
let collectorResponds: boolean;

beforeEach(async () => {
  traceparents = [];
  kratos = await stopAfterTest(
    startScriptedKratos("v26.2.0", ({ headers }, path) => {
      traceparents.push(headers["traceparent"]);
      if (path === `/admin/identities/${ID}`) return { json: { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } } };
      return path.startsWith("/admin/identities") ? { status: 500, text: "no" } : undefined;
    }),
  );
  collected = [];
  collectorResponds = true;
  collector = await stopAfterTest(
    startLoopbackServer((request, response) => {
      if (!collectorResponds) return;
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        collected.push({ type: request.headers["content-type"] ?? "", body: Buffer.concat(chunks) });
        response.writeHead(200, { "content-type": "application/json" }).end("{}");
      });
    }),
  );
});

/** Starts the program as a bundle, in which instrumentation cannot patch modules. */
function start(env: Record<string, string>): Promise<Program> {
  return startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, ...env });
}

/** Runs the program while it gets requests, and ends it, upon which it flushes its spans. */
async function run(env: Record<string, string>, work: (url: string, program: Program) => Promise<unknown>): Promise<Program> {
  const program = await start(env);
  await work(await graphqlUrlOf(program), program);
  program.kill("SIGINT");
  await program.ended;
  return program;
}

const send = (url: string, query: string, headers?: Record<string, string>) => fetchGraphQL(url, { query }, headers);
const spansOf = (one: Collected[]): any[] =>
  one.flatMap(({ body }) => JSON.parse(body.toString()).resourceSpans.flatMap(({ scopeSpans }: any) => scopeSpans.flatMap(({ spans }: any) => spans)));
const attributesOf = ({ attributes }: any) =>
  Object.fromEntries(attributes.map(({ key, value }: any) => [key, value.stringValue ?? Number(value.intValue)]));

it("continues the caller's trace with spans for the request, the operation and the requests to Kratos, and passes it to Kratos", async () => {
  await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, (url) =>
    send(url, `query Ann { identity(id: "${ID}") { traits } }`, { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` }),
  );
  const spans = spansOf(collected);
  const [request, operation, version, identity] = ["POST /graphql", "query", "getVersion", "getIdentity"].map((name) => spans.find((span) => span.name === name));
  expect(spans).toHaveLength(4);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([CALLER.trace]));
  expect([request, operation, version, identity].map(({ parentSpanId }) => parentSpanId)).toEqual([
    CALLER.span,
    request.spanId,
    operation.spanId,
    operation.spanId,
  ]);
  // Checks in the background have no trace.
  expect(traceparents.filter(Boolean)).toEqual([version, identity].map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`));
  expect(attributesOf(request)).toEqual({ "http.request.method": "POST", "http.route": "/graphql", "http.response.status_code": 200 });
  expect(attributesOf(operation)).toEqual({ "graphql.operation.type": "query", "graphql.operation.name": "Ann" });
  expect(attributesOf(identity)).toEqual({ "http.response.status_code": 200 });
  // Traces contain no IDs, traits, addresses or documents.
  expect(JSON.stringify(collected.map(({ body }) => body.toString()))).not.toMatch(/f2d9c1a0|ann@|127\.0\.0\.1|identity\(/);
}, 30_000);

it("starts a trace if the caller has none, and marks failures with their codes", async () => {
  const { output } = await run({ OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" }, (url) =>
    send(url, `{ identities(first: 1) { edges { cursor } } }`),
  );
  const spans = spansOf(collected);
  const failed = spans.filter(({ status }) => status.code === 2).map((span) => [span.name, attributesOf(span)["error.type"]]);
  expect(failed.sort()).toEqual([
    ["listIdentities", "500"],
    ["query", "KRATOS_ERROR"],
  ]);
  const [{ traceId }] = spans;
  expect(traceId).not.toBe(CALLER.trace);
  expect(output).toContain(`"traceId":"${traceId}"`);
}, 30_000);

it("exports protobuf by default, with the resource of the OTEL_ variables", async () => {
  await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: "people-graph" }, (url) => send(url, "{ version }"));
  expect(collected.map(({ type }) => type)).toEqual(["application/x-protobuf"]);
  expect(collected[0]!.body.toString("latin1")).toContain("people-graph");
}, 30_000);

it("logs an unavailable or silent collector, and delays no request", async () => {
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_BSP_SCHEDULE_DELAY: "10", OTEL_EXPORTER_OTLP_TIMEOUT: "50" };
  const program = await run(away, async (url) => {
    await send(url, "{ version }");
    await sleep(100);
    await send(url, "{ version }");
  });
  expect(program.output).toContain("OpenTelemetry reported a problem.");
  expect(program.output.match(/"msg":"request"/g)).toHaveLength(2);
  expect(await program.ended).toBe(0);

  collectorResponds = false;
  const unanswered = await run({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, (url) => send(url, "{ version }"));
  expect(unanswered.output).toContain("did not accept the remaining spans in time");
  expect(await unanswered.ended).toBe(0);
}, 30_000);

it("exits if a variable sets what this server does not support", async () => {
  const program = await start({ OTEL_TRACES_EXPORTER: "zipkin", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
  expect(await program.ended).toBe(1);
  expect(program.output).toMatch(/OTEL_TRACES_EXPORTER must be otlp or none.*OTEL_EXPORTER_OTLP_PROTOCOL must be http\/protobuf or http\/json/s);
}, 30_000);

it("serves the metrics at METRICS_PORT", async () => {
  let metrics = "";
  await run({ METRICS_PORT: "0" }, async (url, program) => {
    await send(url, "query Seen { __typename }");
    const [, address] = await program.waitFor(/Metrics are at (\S+)\./);
    metrics = await (await fetch(address!)).text();
  });
  expect(metrics).toContain('kratos_graphql_operation_duration_seconds_count{operation="Seen",type="query"} 1');
  expect(metrics).toContain("process_cpu_seconds_total");
}, 30_000);

it.each([{}, { OTEL_TRACES_EXPORTER: "none" }, { OTEL_SDK_DISABLED: "true" }] as Record<string, string>[])(
  "exports nothing with %j, and passes no trace to Kratos",
  async (off) => {
    const env = Object.keys(off).length > 0 ? { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...off } : {};
    const { output } = await run(env, (url) => send(url, "{ version }", { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` }));
    expect(collected).toEqual([]);
    expect(traceparents).toEqual([undefined]);
    expect(output).not.toContain("traceId");
  },
  30_000,
);
