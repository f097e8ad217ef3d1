import { connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { Kratos } from "../../src/kratos/index.js";
import { BUILD } from "../../src/server/build.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { startLoopbackServer } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { eventually } from "../support/wait.js";

const log = captureLog("info");
/* The handler without its server, since two tests put it into another one. */
const { kratos, facade, server } = useServers(async (cleanups) => {
  const kratos = cleanups.use(await startScriptedKratos("v26.2.0"));
  const facade = cleanups.use(
    await createFacade({
      authentication: "none",
      kratos: new Kratos({ adminUrl: kratos.adminUrl, timeoutMs: 1000 }),
      logger: log.logger,
      corsOrigins: ["https://app.example.com"],
      maxBodyBytes: 1000,
      explorers: false,
    }),
  );
  const server = await listen(facade.handle, "127.0.0.1", 0);
  cleanups.defer(server.close);
  return { kratos, facade, server };
});

const json = { "content-type": "application/json" };
const post = (body: string | Buffer, headers: Record<string, string> = json) =>
  fetch(`${server.url}/graphql`, { method: "POST", headers, body });
/** Reads the whole response, which would otherwise keep the server open. */
const statusOf = async (url: string) => {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
};
const VERSION = JSON.stringify({ query: "{ version }" });

it("serves GraphQL at /graphql", async () => {
  const response = await post(VERSION);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
});

it("decompresses a body, and limits its decompressed size", async () => {
  expect((await post(gzipSync(VERSION), { ...json, "content-encoding": "gzip" })).status).toBe(200);
  expect((await post(deflateSync(VERSION), { ...json, "content-encoding": "deflate" })).status).toBe(200);
  expect((await post(brotliCompressSync(VERSION), { ...json, "content-encoding": "BR" })).status).toBe(200);
  const bomb = gzipSync(JSON.stringify({ query: `{ version ${" ".repeat(100_000)} }` }));
  expect((await post(bomb, { ...json, "content-encoding": "gzip" })).status).toBe(413);
});

it("rejects a body over the limit, and says what the limit is", async () => {
  const response = await post(JSON.stringify({ query: `{ version } # ${"x".repeat(1000)}` }));
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ errors: [{ message: "The request body is too large. At most 1000 bytes are allowed." }] });
});

it("rejects a body that is not JSON, with an example that is", async () => {
  const response = await post("{ version }");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('{"query": "{ version }"}'), extensions: { code: "BAD_REQUEST" } }] });
});

it.each([
  ["not an object", "null", {}],
  ["empty", "", {}],
  ["truncated", gzipSync(VERSION).subarray(0, 30), { "content-encoding": "gzip" }],
  ["compressed otherwise than declared", deflateSync(VERSION), { "content-encoding": "gzip" }],
])("rejects a body that is %s", async (_, body, headers) => {
  const response = await post(body, { ...json, ...headers });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
});

it.each<Record<string, string>>([
  { "content-encoding": "zstd" },
  { "content-encoding": "constructor" },
  { "content-type": "application/json; charset=iso-8859-1" },
])("rejects a body with %j, and says what is supported", async (headers) => {
  const response = await post(VERSION, { ...json, ...headers });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining("JSON in UTF-8, either uncompressed or compressed with gzip, deflate or br") }] });
});

it.each(["application/json;charset=utf-8", 'Application/JSON ; v=1; Charset="UTF-8"'])("accepts a body of the type %s, with or without a byte order mark", async (type) => {
  expect((await post(VERSION, { "content-type": type })).status).toBe(200);
  expect((await post(`\ufeff${VERSION}`, { "content-type": type })).status).toBe(200);
});

/** Sends the first half of a body, and disconnects. */
async function disconnectHalfway(url: string, requestId: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Request-Id: ${requestId}\r\nContent-Length: 100\r\n\r\n${VERSION}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
}

it("survives a body that is cut off", async () => {
  await disconnectHalfway(server.url, "breaks-off");
  expect((await post(VERSION)).status).toBe(200);
});

it("uses a body that another parser has read, e.g. that of Express", async () => {
  const express = await stopAfterTest(
    startLoopbackServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => facade.handle(Object.assign(request, { body: JSON.parse(text) as unknown }), response));
    }),
  );
  const response = await fetch(`${express.url}/graphql`, { method: "POST", headers: json, body: VERSION });
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
});

it("says why a body that another parser has read is missing, e.g. with Fastify and its defaults", async () => {
  const fastify = await stopAfterTest(
    startLoopbackServer((request, response) => {
      request.resume().once("end", () => facade.handle(request, response));
    }),
  );
  const response = await fetch(`${fastify.url}/graphql`, { method: "POST", headers: json, body: VERSION });
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ errors: [{ message: expect.stringMatching(/framework .+ read the request body before .+docs\/library\.md/), extensions: { code: "INTERNAL_SERVER_ERROR" } }] });
});

it("logs a request whose client disconnects before its body is read", async () => {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const slow = await stopAfterTest(
    startLoopbackServer((request, response) => void request.once("close", () => setImmediate(() => (facade.handle(request, response), leave())))),
  );
  await disconnectHalfway(slow.url, "has-left");
  await left;
  await eventually("the rejection is in the log", () => log.lines.some((line) => line.includes("has-left") && line.includes('"status":400')));
});

it("ignores the content encoding of a GET without a body", async () => {
  const headers = { ...json, "content-encoding": "zstd" };
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent("{ version }")}`, { headers });
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
});

it.each(["subscription { version }", "subscription { identities { edges { cursor } } }", "query A { version } subscription B { version }"])("rejects %s, because there are no subscriptions", async (query) => {
  const response = await post(JSON.stringify({ query }));
  expect(response.status).toBe(400);
  const { data, errors } = (await response.json()) as { data?: unknown; errors: { message: string; extensions: object }[] };
  expect([data, errors.map(({ message }) => message), errors[0]!.extensions]).toEqual([undefined, ["This API has no subscriptions, only queries and mutations."], { code: "GRAPHQL_VALIDATION_FAILED" }]);
});

it("rejects a request that a page of another site can send without a preflight", async () => {
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent("{ version }")}`);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain("CSRF");
});

it("allows a page of another origin only if it is configured", async () => {
  const preflight = async (origin: string) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    return response.headers.get("access-control-allow-origin");
  };
  expect(await preflight("https://app.example.com")).toBe("https://app.example.com");
  expect(await preflight("https://evil.example.org")).toBeNull();
});

it("responds with 404 to other paths, and says where GraphQL is", async () => {
  for (const path of ["/", "/graphq", "/admin/identities"]) {
    expect(await statusOf(server.url + path)).toBe(404);
  }
  expect(await (await fetch(`${server.url}/`)).text()).toContain("/graphql");
});

it("reports the process as alive without a request to Kratos", async () => {
  const before = kratos.seen.length;
  expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: "ok", version: BUILD.version });
  expect(kratos.seen).toHaveLength(before);
  const ready = await fetch(`${server.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: "unavailable", errors: [{ name: "kratos" }] });
});
