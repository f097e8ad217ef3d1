import type { ServerResponse } from "node:http";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFaultyKratos, type FaultyKratos } from "../support/faulty-kratos.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { codeOf, dataOf, startFacade, type FacadeTestOptions, type FacadeUnderTest, type Reply } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

let kratos: FaultyKratos;
let facade: FacadeUnderTest;
/** Responses that Kratos holds back until `release`. */
let held: ServerResponse[];

const serve = async (connections: number, queueLength: number, options?: FacadeTestOptions) => {
  kratos = await stopAfterTest(startFaultyKratos());
  facade = await startFacade(kratos, { connections, queueLength, ...options });
  held = [];
};

const hold = (to: string): void => {
  kratos.fault = { do: (response) => void held.push(response), to: (line) => line.startsWith(to) };
};
const IDENTITY = { id: "11111111-1111-4111-8111-111111111111", schema_id: "default", schema_url: "http://kratos/schemas/default", traits: {} };
const release = (): void => {
  for (const response of held.splice(0)) response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify([IDENTITY]));
};
const PAGE = "{ identities(first: 1) { edges { node { id } } } }";

it("runs as many requests as there are connections, queues as many as the queue holds, and fails the rest at once with OVERLOADED", async () => {
  await serve(4, 8);
  dataOf(await facade.send("{ version }"));
  hold("GET /admin/identities?");
  let refused = 0;
  const replies = Array.from({ length: 30 }, async () => {
    const reply = await facade.send(PAGE);
    if (reply.errors) refused++;
    return reply;
  });
  // At once: Kratos has not responded to anything yet.
  await eventually("all but twelve are rejected", () => refused === 18);
  await eventually("four requests have arrived", () => held.length === 4);
  expect(facade.kratos.load).toEqual({ running: 4, queued: 8 });

  kratos.fault = { do: (response) => { held.push(response); release(); }, to: kratos.fault!.to };
  release();
  const done = await Promise.all(replies);
  expect(done.filter(({ errors }) => !errors).map(({ data }) => data!["identities"].edges)).toEqual(Array(12).fill([{ node: { id: IDENTITY.id } }]));
  expect(done.filter(({ errors }) => errors).map(codeOf)).toEqual(Array(18).fill("OVERLOADED"));
  expect(kratos.hit).toHaveLength(12);
  expect(kratos.mostConcurrent).toBe(4);
  expect(facade.kratos.load).toEqual({ running: 0, queued: 0 });
});

it("lets callers take turns, and refuses a request of the caller with the most waiting ones if the queue is full", async () => {
  const [batch, shop] = ["batch", "shop"].map((name) => createApiKey(name, ["identities:read"]));
  await serve(1, 4, { authentication: { apiKeys: parseApiKeys(`${batch!.line};${shop!.line}`) } });
  const pages = (count: number, length: number, key: { key: string }) =>
    Array.from({ length: count }, () => facade.send(`{ identities(first: ${length}) { edges { node { id } } } }`, {}, { authorization: `Bearer ${key.key}` }));
  await Promise.all(pages(1, 1, batch!));
  hold("GET /admin/identities?");
  const ofBatch = pages(5, 1, batch!);
  await eventually("the queue is full", () => facade.kratos.load.queued === 4 && held.length === 1);
  // The first two take the places of two requests of the other caller, whose others are then not more than theirs.
  const ofShop = pages(3, 5, shop!);
  expect(codeOf(await Promise.race(ofShop))).toBe("OVERLOADED");
  expect(facade.kratos.load).toEqual({ running: 1, queued: 4 });
  const order: string[] = [];
  kratos.fault = {
    to: (line) => Boolean(order.push(line)),
    do: (response) => {
      held.push(response);
      release();
    },
  };
  release();
  const outcomes = async (replies: Promise<Reply<unknown>>[]) => (await Promise.all(replies)).map((reply) => (reply.errors ? codeOf(reply) : "served")).sort();
  expect(await outcomes(ofBatch)).toEqual(["OVERLOADED", "OVERLOADED", "served", "served", "served"]);
  expect(await outcomes(ofShop)).toEqual(["OVERLOADED", "served", "served"]);
  expect(order.map((line) => line.split("page_size=")[1])).toEqual(["2", "6", "2", "6"]);
});

it("never sends a mutation that is OVERLOADED, and says that nothing was done", async () => {
  await serve(1, 0);
  dataOf(await facade.send("{ version }"));
  hold("GET /admin/identities?");
  const first = facade.send(PAGE);
  await eventually("one request is running", () => held.length === 1);
  const seen: string[] = [];
  kratos.fault = { do: kratos.fault!.do, to: (line) => Boolean(seen.push(line)) && false };
  const reply = await facade.send(`mutation {
    createIdentity(input: { schemaId: "default", traits: { email: "x@example.com" } }) { identity { id } }
    deleteIdentity(input: { id: "${IDENTITY.id}" }) { deletedIdentityId }
  }`);
  expect(reply.data).toEqual({ createIdentity: null, deleteIdentity: null });
  expect(reply.errors!.map(({ extensions }) => extensions!["code"])).toEqual(["OVERLOADED", "OVERLOADED"]);
  expect(reply.errors![0]!.message).toBe("Too many requests to Kratos are running: createIdentity was not sent, and nothing was changed. Try again later.");
  release();
  dataOf(await first);
  expect(seen).toEqual([]);
});

it("removes a request from the queue at its deadline, and never sends it", async () => {
  await serve(1, 100);
  const hasty = await startFacade(kratos, { timeoutMs: 400, connections: 1 });
  const [one] = dataOf(await hasty.send(PAGE))["identities"].edges;
  kratos.fault = { do: (response) => void held.push(response), to: (line) => !line.endsWith("/version") };
  // Each in its own request. The first has the only connection.
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => hasty.send(`{ identity(id: "${one.node.id}") { id } }`)),
  );
  const codes = replies.map(codeOf);
  expect(codes).toContain("OVERLOADED");
  expect(codes.filter((code) => code !== "OVERLOADED" && code !== "KRATOS_UNAVAILABLE")).toEqual([]);
  await eventually("no request is running", () => hasty.kratos.load.running === 0);
  expect(hasty.kratos.load).toEqual({ running: 0, queued: 0 });
  expect(kratos.hit.length).toBeLessThan(10);
  expect(kratos.mostConcurrent).toBeLessThanOrEqual(2);
});

it("checks Kratos while all connections are in use, once for concurrent callers", async () => {
  await serve(1, 1);
  // Detects the version.
  dataOf(await facade.send(PAGE));
  const checks: string[] = [];
  kratos.fault = {
    to: (line) => line.includes("/identities") || checks.push(line) === 0,
    do: (response) => void held.push(response),
  };
  const pages = [facade.send(PAGE), facade.send(PAGE)];
  await eventually("the queue is full", () => facade.kratos.load.queued === 1 && held.length === 1);
  const ready = [1, 2, 3].map(() => fetch(`${facade.url}/health/ready`).then(async (response) => [response.status, await response.text()]));
  for (const answer of await Promise.all(ready)) expect(answer).toEqual([200, expect.stringMatching(/^\{"status":"ok","errors":\[\],"schemaHash":"sha256:[\da-f]{64}"\}$/)]);
  // They come over connections of their own, in any order.
  expect(checks.sort()).toEqual(["GET /health/alive", "GET /health/ready", "GET /self-service/errors?error=stub%3A500", "GET /version"]);
  expect(facade.kratos.load).toEqual({ running: 1, queued: 1 });

  release();
  await eventually("the second page is requested", () => held.length === 1);
  release();
  for (const page of await Promise.all(pages)) dataOf(page);
});

it("reads the metrics of Kratos once for callers who ask at the same time", async () => {
  await serve(4, 8);
  let versions = 0;
  kratos.fault = {
    to: (line) => {
      if (line === "GET /version") versions++;
      return line.startsWith("GET /metrics");
    },
    do: (response) => void held.push(response),
  };
  // The version is asked for by each of them, and shows that all have arrived.
  const replies = Array.from({ length: 5 }, () => facade.send("{ version metrics }"));
  await eventually("all have asked", () => versions >= 5 && held.length > 0);
  for (const response of held) response.writeHead(200, { "content-type": "text/plain" }).end("# HELP x");
  for (const reply of await Promise.all(replies)) expect(dataOf(reply)).toMatchObject({ metrics: "# HELP x" });
  expect(kratos.hit).toHaveLength(1);
});
