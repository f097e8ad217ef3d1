import { connect } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import pino from "pino";
import { Kratos } from "../../src/kratos/index.js";
import { createFacade, type Facade } from "../../src/server/facade.js";
import { listen, type Listening } from "../../src/server/listen.js";
import { eventually } from "../support/eventually.js";
import { startScriptedKratos, type ScriptedKratos } from "../support/scripted-kratos.js";

let kratos: ScriptedKratos;
let facade: Facade;
let server: Listening;
const log: string[] = [];

beforeAll(async () => {
  kratos = await startScriptedKratos("v26.2.0", () => undefined);
  facade = await createFacade({
    authentication: "none",
    kratos: new Kratos({ adminUrl: kratos.url, timeoutMs: 1000 }),
    logger: pino({ level: "info" }, { write: (line) => log.push(line) }),
    corsOrigins: ["https://app.example.com"],
    maxBodyBytes: 1000,
    explorers: false,
  });
  server = await listen(facade.handle, "127.0.0.1", 0);
});

afterAll(async () => {
  await server.close();
  await facade.stop();
  await kratos.stop();
});

const json = { "content-type": "application/json" };
const post = (body: string | Buffer, headers: Record<string, string> = json) =>
  fetch(`${server.url}/graphql`, { method: "POST", headers, body });
/** Reads the answer to its end: one left unread would keep the server open. */
const statusOf = async (url: string) => {
  const response = await fetch(url);
  await response.arrayBuffer();
  return response.status;
};
const VERSION = JSON.stringify({ query: "{ version }" });

it("GraphQL is answered at /graphql", async () => {
  const response = await post(VERSION);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
});

it("a compressed body is unpacked, and counts as large as it is then", async () => {
  expect((await post(gzipSync(VERSION), { ...json, "content-encoding": "gzip" })).status).toBe(200);
  expect((await post(deflateSync(VERSION), { ...json, "content-encoding": "deflate" })).status).toBe(200);
  expect((await post(brotliCompressSync(VERSION), { ...json, "content-encoding": "BR" })).status).toBe(200);
  const bomb = gzipSync(JSON.stringify({ query: `{ version ${" ".repeat(100_000)} }` }));
  expect((await post(bomb, { ...json, "content-encoding": "gzip" })).status).toBe(413);
});

it("a body over the limit is refused with the limit", async () => {
  const response = await post(JSON.stringify({ query: `{ version } # ${"x".repeat(1000)}` }));
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ errors: [{ message: "The request body is too large. At most 1000 bytes are allowed." }] });
});

it("a body that is not JSON is refused with an example of what is", async () => {
  const response = await post("{ version }");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining('{"query": "{ version }"}'), extensions: { code: "BAD_REQUEST" } }] });
});

it.each([
  ["what is no object", "null", {}],
  ["nothing", "", {}],
  ["what is broken", gzipSync(VERSION).subarray(0, 30), { "content-encoding": "gzip" }],
  ["what is compressed, but not as it says", deflateSync(VERSION), { "content-encoding": "gzip" }],
])("a body of %s is refused", async (_, body, headers) => {
  const response = await post(body, { ...json, ...headers });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
});

it.each<Record<string, string>>([
  { "content-encoding": "zstd" },
  { "content-encoding": "constructor" },
  { "content-type": "application/json; charset=iso-8859-1" },
])("a body with %j is refused with what can be read", async (headers) => {
  const response = await post(VERSION, { ...json, ...headers });
  expect(response.status).toBe(415);
  expect(await response.json()).toMatchObject({ errors: [{ message: expect.stringContaining("JSON in UTF-8, either uncompressed or compressed with gzip, deflate or br") }] });
});

it.each(["application/json;charset=utf-8", 'Application/JSON ; v=1; Charset="UTF-8"'])("a body of the type %s is read, with or without a mark of its byte order", async (type) => {
  expect((await post(VERSION, { "content-type": type })).status).toBe(200);
  expect((await post(`\ufeff${VERSION}`, { "content-type": type })).status).toBe(200);
});

/** Sends the first half of a body, and leaves. */
async function leaveHalfway(url: string, requestId: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(`POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-Request-Id: ${requestId}\r\nContent-Length: 100\r\n\r\n${VERSION}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
}

it("a body that breaks off is no operation, and the server goes on", async () => {
  await leaveHalfway(server.url, "breaks-off");
  expect((await post(VERSION)).status).toBe(200);
});

it("a body that another parser has read, as Express' own, is taken from there", async () => {
  const express = await listen(
    (request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => facade.handle(Object.assign(request, { body: JSON.parse(text) as unknown }), response));
    },
    "127.0.0.1",
    0,
  );
  const response = await fetch(`${express.url}/graphql`, { method: "POST", headers: json, body: VERSION });
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
  await express.close();
});

it("a client that leaves before its body is read has its line in the log", async () => {
  let leave = () => {};
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const slow = await listen((request, response) => void request.once("close", () => setImmediate(() => (facade.handle(request, response), leave()))), "127.0.0.1", 0);
  await leaveHalfway(slow.url, "has-left");
  await left;
  await eventually("the refusal is in the log", () => log.some((line) => line.includes("has-left") && line.includes('"status":400')));
  await slow.close();
});

it("a GET without a body needs none that can be read", async () => {
  const headers = { ...json, "content-encoding": "zstd" };
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent("{ version }")}`, { headers });
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
});

it("a request that a page of another site could send unasked is refused", async () => {
  const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent("{ version }")}`);
  expect(response.status).toBe(400);
  expect(JSON.stringify(await response.json())).toContain("CSRF");
});

it("a page of another origin is let in only where it is configured", async () => {
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

it("anything else is 404, and says what is where", async () => {
  for (const path of ["/", "/graphq", "/admin/identities"]) {
    expect(await statusOf(server.url + path)).toBe(404);
  }
  expect(await (await fetch(`${server.url}/`)).text()).toContain("/graphql");
});

it("whoever asks whether the process lives is told so without a question to Kratos", async () => {
  const before = kratos.seen.length;
  expect(await (await fetch(`${server.url}/health/live`)).json()).toEqual({ status: "ok" });
  expect(kratos.seen).toHaveLength(before);
  const ready = await fetch(`${server.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ status: "unavailable", errors: [{ name: "kratos" }] });
});
