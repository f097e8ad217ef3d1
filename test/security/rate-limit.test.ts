import { Writable } from "node:stream";
import { createServer, type AddressInfo, type Socket } from "node:net";
import pino from "pino";
import { loadConfig } from "../../src/config.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import type { FacadeOptions } from "../../src/server/facade.js";
import { startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { codesOf, overHttp, postJson, type HttpAnswer } from "../support/over-http.js";
import { hasRedis, startRedis } from "../support/redis.js";
import { startScriptedKratos, type ScriptedKratos } from "../support/scripted-kratos.js";

const shop = createApiKey("shop", ["system:read"]);
const office = createApiKey("office", ["system:read"]);
const VERSION = { query: "{ version }" };

let kratos: ScriptedKratos;
const facades: FacadeUnderTest[] = [];

beforeAll(async () => {
  kratos = await startScriptedKratos("v26.2.0", () => undefined);
});

afterEach(async () => {
  for (const facade of facades.splice(0)) await facade.stop();
});

afterAll(() => kratos.stop());

async function serve(rateLimit: FacadeOptions["rateLimit"], options: object = {}): Promise<FacadeUnderTest> {
  const authentication = { apiKeys: parseApiKeys(`${shop.line};${office.line}`) };
  const facade = await startFacade({ adminUrl: kratos.url }, { authentication, rateLimit, batching: true, ...options });
  facades.push(facade);
  return facade;
}

const as = ({ key }: { key: string }) => ({ authorization: `Bearer ${key}` });
const ask = (facade: FacadeUnderTest, caller = shop, body: unknown = VERSION) => postJson(facade.url, body, as(caller));
const statuses = async (answers: Promise<HttpAnswer>[]) => (await Promise.all(answers)).map(({ status }) => status).sort();

/** Lines of a log at its most verbose level. */
function log() {
  const lines: string[] = [];
  const logger = pino({ level: "trace" }, new Writable({ write: (line, _, done) => (lines.push(String(line)), done()) }));
  return { lines, logger };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

it("who sends more than may be sent is told when to come again, and nobody else is", async () => {
  const facade = await serve({ requests: 3, windowS: 60 });
  expect(await statuses([ask(facade), ask(facade), ask(facade)])).toEqual([200, 200, 200]);
  const before = kratos.seen.length;
  const refused = await ask(facade);
  expect([refused.status, codesOf(refused)]).toEqual([429, ["RATE_LIMITED"]]);
  expect(Number(refused.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect(Number(refused.headers["retry-after"])).toBeLessThanOrEqual(60);
  expect(refused.body.errors[0].message).toMatch(/^Rate limit exceeded: at most 3 requests in 60 s are allowed\. Try again in \d+ s\.$/);
  expect(kratos.seen).toHaveLength(before);
  expect((await ask(facade, office)).status).toBe(200);
});

it("after the window there are as many again", async () => {
  const facade = await serve({ requests: 1, windowS: 1 });
  expect((await ask(facade)).status).toBe(200);
  expect((await ask(facade)).status).toBe(429);
  await until(async () => (await ask(facade)).status === 200);
});

it("each operation of an array counts, and a request without one too", async () => {
  const facade = await serve({ requests: 5, windowS: 60 });
  expect((await ask(facade, shop, [VERSION, VERSION, VERSION])).status).toBe(200);
  expect((await ask(facade, shop, [VERSION, VERSION, VERSION])).status).toBe(429);
  for (let time = 0; time < 5; time++) expect((await ask(facade, office, [])).status).toBe(400);
  expect((await ask(facade, office, [])).status).toBe(429);
});

it("a GET counts as one, whatever it has for a body", async () => {
  const facade = await serve({ requests: 2, windowS: 60 });
  const get = () =>
    overHttp(facade.url, { method: "GET", path: `/graphql?query=${encodeURIComponent("{ version }")}`, headers: { ...as(shop), "content-type": "application/json" }, body: "[]" });
  expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([200, 200, 429]);
});

it("strangers are told that they need a token, and take nothing from anybody", async () => {
  const facade = await serve({ requests: 1, windowS: 60 });
  for (let time = 0; time < 5; time++) expect((await postJson(facade.url, VERSION, as({ key: "kg_wrong" }))).status).toBe(401);
  expect((await ask(facade)).status).toBe(200);
});

it("without authentication, where all callers would be one, there is no limit", async () => {
  expect(loadConfig({ RATE_LIMIT: "1/60s" }).facade.rateLimit).toBeUndefined();
  const facade = await startFacade({ adminUrl: kratos.url }, loadConfig({ RATE_LIMIT: "1/60s" }).facade);
  facades.push(facade);
  expect(await statuses([postJson(facade.url, VERSION), postJson(facade.url, VERSION)])).toEqual([200, 200]);
});

describe("where Redis is away", () => {
  it("requests are answered and counted in memory, with one warning that keeps the password to itself", async () => {
    const { lines, logger } = log();
    // Port 9 is nobody's.
    const facade = await serve({ requests: 2, windowS: 60, redisUrl: "redis://:canary-password@127.0.0.1:9" }, { logger });
    expect(await statuses([ask(facade), ask(facade), ask(facade)])).toEqual([200, 200, 429]);
    // Long enough for it to have tried some times more.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(lines.filter((line) => line.includes("Redis is unavailable. Requests are counted in memory."))).toHaveLength(1);
    expect(lines.join()).not.toContain("canary-password");
  });

  it("one that takes connections and never says anything holds nobody up", async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const facade = await serve({ requests: 1, windowS: 60, redisUrl: `redis://127.0.0.1:${(mute.address() as AddressInfo).port}` });
    expect((await ask(facade)).status).toBe(200);
    expect((await ask(facade)).status).toBe(429);
    for (const socket of sockets) socket.destroy();
    mute.close();
  });
});

// .ci/run installs it, so that these are skipped on a developer's machine at the most.
(hasRedis ? describe : describe.skip)("with the redis-server of this machine", () => {
  it("two servers count together; while it is away each by itself, and together again when it is back", async () => {
    const redis = await startRedis();
    const { lines, logger } = log();
    const limit = { requests: 3, windowS: 60, redisUrl: redis.url };
    const [one, other] = [await serve(limit, { logger }), await serve(limit)];
    await redis.connected(2);

    expect(await statuses([ask(one), ask(other), ask(one)])).toEqual([200, 200, 200]);
    expect((await ask(other)).status).toBe(429);
    expect((await ask(other, office)).status).toBe(200);

    redis.pause();
    expect(await statuses([ask(one), ask(other)])).toEqual([200, 200]);
    redis.resume();
    await until(async () => (await ask(one)).status === 429);

    await redis.stop();
    expect(await statuses([ask(one, office), ask(one, office), ask(one, office), ask(one, office)])).toEqual([200, 200, 200, 429]);
    await until(() => lines.some((line) => line.includes("Redis is unavailable")));

    const again = await startRedis(redis);
    await until(() => lines.some((line) => line.includes("Redis is available again")));
    await again.connected(2);
    expect(await statuses([ask(one), ask(other), ask(one), ask(other)])).toEqual([200, 200, 200, 429]);
    expect(lines.filter((line) => line.includes("Redis is unavailable"))).toHaveLength(1);
    await again.stop();
  }, 20_000);
});
