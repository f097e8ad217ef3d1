import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startScriptedKratos, type ScriptedKratos } from "../support/scripted-kratos.js";

const ID = "f2d9c1a0-3b1e-4d67-9d53-0c4c7a2f5a11";
const PROGRAM = "node_modules/.cache/bundle-under-test";
const CALLER = { trace: "0af7651916cd43dd8448eb211c80319c", span: "b7ad6b7169203331" };

interface Collected {
  readonly type: string;
  readonly body: Buffer;
}

let kratos: ScriptedKratos;
let traceparents: unknown[];
let collector: Server;
let collected: Collected[];
let running: ChildProcess | undefined;

// The program as it is shipped: in a bundle there is nothing that modules could be patched in.
beforeAll(() => execFileSync(process.execPath, ["scripts/bundle.js", PROGRAM]), 60_000);

beforeEach(async () => {
  traceparents = [];
  kratos = await startScriptedKratos("v26.2.0", ({ headers }, path) => {
    traceparents.push(headers["traceparent"]);
    if (path === `/admin/identities/${ID}`) return { json: { id: ID, schema_id: "default", schema_url: "", traits: { email: "ann@example.com" } } };
    return path.startsWith("/admin/identities") ? { status: 500, text: "no" } : undefined;
  });
  collected = [];
  collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      collected.push({ type: request.headers["content-type"] ?? "", body: Buffer.concat(chunks) });
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  running?.kill("SIGKILL");
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
  await kratos.stop();
});

/** Runs the program while it is asked something, and ends it, upon which it sends what it still has. */
async function run(env: Record<string, string>, ask: (url: string, said: (text: RegExp) => Promise<string>) => Promise<void>): Promise<string> {
  const child = spawn(process.execPath, [`${PROGRAM}/main.js`], {
    env: { PATH: process.env["PATH"], PORT: "0", KRATOS_ADMIN_URL: kratos.url, KRATOS_PUBLIC_URL: kratos.url, ...env },
  });
  running = child;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  let ended = false;
  const end = new Promise<void>((resolve) => child.once("close", () => resolve(void (ended = true))));
  /** What stands in the output behind a text, once it is there; nothing where the program ends without it. */
  const said = async (text: RegExp) => {
    while (!ended && !text.test(output)) await sleep(10);
    return text.exec(output)?.[1] ?? "";
  };
  const url = await said(/GraphQL is at (\S+);/);
  if (url) await ask(url, said);
  child.kill("SIGINT");
  await end;
  return output;
}

async function send(url: string, query: string, headers: Record<string, string> = {}): Promise<void> {
  const body = JSON.stringify({ query });
  await (await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })).text();
}

const endpoint = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
const spansOf = (one: Collected[]): any[] =>
  one.flatMap(({ body }) => JSON.parse(body.toString()).resourceSpans.flatMap(({ scopeSpans }: any) => scopeSpans.flatMap(({ spans }: any) => spans)));
const attributesOf = ({ attributes }: any) =>
  Object.fromEntries(attributes.map(({ key, value }: any) => [key, value.stringValue ?? Number(value.intValue)]));

it("a caller's trace goes on with the request, its operation and what is asked of Kratos, and reaches Kratos", async () => {
  await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }, (url) =>
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
  expect(traceparents).toEqual([version, identity].map(({ spanId }) => `00-${CALLER.trace}-${spanId}-01`));
  expect(attributesOf(request)).toEqual({ "http.request.method": "POST", "http.route": "/graphql", "http.response.status_code": 200 });
  expect(attributesOf(operation)).toEqual({ "graphql.operation.type": "query", "graphql.operation.name": "Ann" });
  expect(attributesOf(identity)).toEqual({ "http.response.status_code": 200 });
  // Ids, traits, addresses and the document stay where they are.
  expect(JSON.stringify(collected.map(({ body }) => body.toString()))).not.toMatch(/f2d9c1a0|ann@|127\.0\.0\.1|identity\(/);
}, 30_000);

it("without a caller's trace there is a new one, and failures are marked in it by their codes", async () => {
  const output = await run({ OTEL_TRACES_EXPORTER: "otlp", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json" }, (url) =>
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

it("protobuf is what is sent where no protocol is named, and the resource is as OTEL_ variables say", async () => {
  await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_SERVICE_NAME: "people-graph" }, (url) => send(url, "{ version }"));
  expect(collected.map(({ type }) => type)).toEqual(["application/x-protobuf"]);
  expect(collected[0]!.body.toString("latin1")).toContain("people-graph");
}, 30_000);

it("a collector that is away, or answers nothing, is a word in the log, and holds nobody up", async () => {
  const away = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_BSP_SCHEDULE_DELAY: "10", OTEL_EXPORTER_OTLP_TIMEOUT: "50" };
  const output = await run(away, async (url) => {
    await send(url, "{ version }");
    await sleep(100);
    await send(url, "{ version }");
  });
  expect(output).toContain("OpenTelemetry reported a problem.");
  expect(output.match(/"msg":"request"/g)).toHaveLength(2);
  expect(running!.exitCode).toBe(0);

  collector.removeAllListeners("request");
  expect(await run({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() }, (url) => send(url, "{ version }"))).toContain("did not accept the remaining spans in time");
  expect(running!.exitCode).toBe(0);
}, 30_000);

it("what the variables say and this server cannot do ends the start", async () => {
  const output = await run({ OTEL_TRACES_EXPORTER: "zipkin", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, async () => {});
  expect(running!.exitCode).toBe(1);
  expect(output).toMatch(/OTEL_TRACES_EXPORTER must be otlp or none.*OTEL_EXPORTER_OTLP_PROTOCOL must be http\/protobuf or http\/json/s);
}, 30_000);

it("the metrics are at METRICS_PORT", async () => {
  let metrics = "";
  await run({ METRICS_PORT: "0" }, async (url, said) => {
    await send(url, "query Seen { __typename }");
    metrics = await (await fetch(await said(/Metrics are at (\S+)\./))).text();
  });
  expect(metrics).toContain('kratos_graphql_operation_duration_seconds_count{operation="Seen",type="query"} 1');
  expect(metrics).toContain("process_cpu_seconds_total");
}, 30_000);

it.each([{}, { OTEL_TRACES_EXPORTER: "none" }, { OTEL_SDK_DISABLED: "true" }] as Record<string, string>[])(
  "with %j beside no endpoint or any, nothing is sent, and Kratos hears of no trace",
  async (off) => {
    const env = Object.keys(off).length > 0 ? { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), ...off } : {};
    const output = await run(env, (url) => send(url, "{ version }", { traceparent: `00-${CALLER.trace}-${CALLER.span}-01` }));
    expect(collected).toEqual([]);
    expect(traceparents).toEqual([undefined]);
    expect(output).not.toContain("traceId");
  },
  30_000,
);
