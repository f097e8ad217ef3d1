import { createHook } from "node:async_hooks";
import { connect } from "node:net";
import { brotliCompressSync } from "node:zlib";
import { startCli, graphqlUrlOf } from "../support/child-process.js";
import { codesOf, postJson, type HttpResponse } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

const PAGE = 250;

/** A Kratos whose pages have 250 identities with traits of `length` characters. */
function startLargeKratos(length: number) {
  const text = JSON.stringify(
    Array.from({ length: PAGE }, (_, at) => ({
      id: `${(0x10000000 + at).toString(16)}-0000-4000-8000-000000000000`,
      schema_id: "default",
      schema_url: "http://kratos/schemas/default",
      traits: { email: `user-${at}@example.com`, text: "x".repeat(length) },
    })),
  );
  const page = { text, headers: { "content-type": "application/json" } };
  return stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.startsWith("/admin/identities") ? page : undefined)));
}

it("many large pages at a time are served only as far as there is memory for them, and the server survives", async () => {
  const kratos = await startLargeKratos(40_000);
  const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, NODE_OPTIONS: "--max-old-space-size=80", KRATOS_TIMEOUT_MS: "30000" });
  const url = new URL(await graphqlUrlOf(program)).origin;
  const query = `{ identities(first: ${PAGE}) { edges { node { traits } } } }`;
  const responses = await Promise.all(Array.from({ length: 30 }, () => postJson(url, { query })));
  const served = responses.filter(({ body }) => body.data.identities?.edges.length === PAGE);
  const refused = responses.filter(({ body }) => body.data.identities === null);
  expect(served.length).toBeGreaterThan(0);
  expect(refused.length).toBe(responses.length - served.length);
  expect(new Set(refused.flatMap(codesOf))).toEqual(new Set(["OVERLOADED"]));
  expect(refused[0]!.body.errors[0].message).toBe("There is not enough memory for the response of Kratos to listIdentities. Try again later, or request fewer objects.");
  const { body } = await postJson(url, { query });
  expect(body.data.identities.edges).toHaveLength(PAGE);
}, 60_000);

describe("request bodies that take too much memory together", () => {
  /** A server with a small heap, whose Kratos does not respond to a list of identities. */
  async function serve() {
    const kratos = await stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path.startsWith("/admin/identities") ? "hang" : undefined)));
    const program = await startCli({ KRATOS_ADMIN_URL: kratos.adminUrl, NODE_OPTIONS: "--max-old-space-size=80", KRATOS_TIMEOUT_MS: "30000", GRACE_MS: "1" });
    return { kratos, url: new URL(await graphqlUrlOf(program)).origin };
  }

  const VERSION = { query: "{ version }" };
  const withText = (length: number) => ({ ...VERSION, variables: { text: "x".repeat(length) } });

  const expectRefused = (response: HttpResponse) => {
    expect([response.status, codesOf(response), response.headers["retry-after"]]).toEqual([503, ["OVERLOADED"], "1"]);
    expect(response.body.errors[0].message).toBe("There is not enough memory for the request body alongside those of other requests. Try again later, or send less data.");
  };

  it("are refused while they are being received, but small ones are served", async () => {
    const { url } = await serve();
    const { hostname, port } = new URL(url);
    const length = 1_000_000;
    const unfinished = Array.from({ length: 60 }, () => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => undefined);
      socket.write(`POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`);
      socket.write(Buffer.alloc(length - 10, " "));
      // Those that are refused are closed, so that the end of their body cannot be written.
      const response = new Promise<string>((resolve) => {
        let received = "";
        socket.setEncoding("utf8").on("data", (chunk: string) => (received += chunk)).once("close", () => resolve(received));
      });
      return { socket, response };
    });
    const refused = await Promise.any(unfinished.map(({ response }) => response));
    expect((await postJson(url, withText(10_000))).body).toEqual({ data: { version: "v26.2.0" } });
    expect(refused).toMatch(/^HTTP\/1.1 503 [^]+"code":"OVERLOADED"/);
    for (const { socket } of unfinished) socket.write(JSON.stringify({}).padEnd(10));
    const statuses = (await Promise.all(unfinished.map(({ response }) => response))).map((response) => response.split(" ")[1]);
    // An operation is missing in those that were received. A client that still sends when its connection is closed can miss the response.
    expect(new Set(statuses.filter((status) => status !== undefined))).toEqual(new Set(["400", "503"]));
    expect((await postJson(url, withText(500_000))).body).toEqual({ data: { version: "v26.2.0" } });
  }, 60_000);

  it("are refused while others wait for Kratos, by the memory of their values", async () => {
    const { kratos, url } = await serve();
    // Each takes some 7 MB.
    const variables = { list: Array.from({ length: 100_000 }, () => ({})) };
    const refused: HttpResponse[] = [];
    for (let at = 0; at < 40; at++) {
      void postJson(url, { query: "{ identities(first: 1) { edges { cursor } } }", variables }).then((response) => refused.push(response), () => undefined);
    }
    await eventually("some wait, and all others are refused", () => {
      const waiting = kratos.seen.filter((line) => line.startsWith("GET /admin/identities")).length;
      return waiting > 0 && waiting + refused.length === 40;
    });
    expect(refused.length).toBeGreaterThan(20);
    refused.forEach(expectRefused);
    expect((await postJson(url, VERSION)).body).toEqual({ data: { version: "v26.2.0" } });
  }, 60_000);
});

it("compressed request bodies are decompressed one at a time, because a decoder takes more memory than the body", async () => {
  const kratos = await stopAfterTest(startScriptedKratos("v26.2.0"));
  const facade = await startFacade(kratos);
  const body = brotliCompressSync(JSON.stringify({ query: "{ version }" }).padEnd(990_000));
  const waiting = new Set<number>();
  let maxWaiting = 0;
  const hook = createHook({
    init: (id, type) => {
      if (type !== "ZLIB") return;
      waiting.add(id);
      maxWaiting = Math.max(maxWaiting, waiting.size);
    },
    // The decoder has produced its first output.
    before: (id) => waiting.delete(id),
  }).enable();
  const headers = { "content-type": "application/json", "content-encoding": "br" };
  const responses = await Promise.all(Array.from({ length: 50 }, () => fetch(`${facade.url}/graphql`, { method: "POST", headers, body }).then((response) => response.json())));
  hook.disable();
  expect(responses.map(({ data }: any) => data)).toEqual(Array(50).fill({ version: "v26.2.0" }));
  expect(maxWaiting).toBe(1);
});
