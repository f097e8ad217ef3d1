import { createServer, type AddressInfo, type Socket } from "node:net";
import { Registry } from "prom-client";
import { RateLimiterRedis } from "rate-limiter-flexible";
import { loadConfig } from "../../src/config.js";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { codesOf, postJson, sendHttp, type HttpResponse } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { hasRedis, startRedis } from "../support/redis.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

const shop = createApiKey("shop", ["system:read"]);
const office = createApiKey("office", ["system:read"]);
const VERSION = { query: "{ version }" };

const { kratos } = useServers(async (cleanups) => ({ kratos: cleanups.use(await startScriptedKratos("v26.2.0")) }));

function serve(rateLimit: FacadeTestOptions["rateLimit"], options: FacadeTestOptions = {}): Promise<FacadeUnderTest> {
  const authentication = { apiKeys: parseApiKeys(`${shop.line};${office.line}`) };
  return startFacade(kratos, { authentication, rateLimit, batching: true, ...options });
}

const as = ({ key }: { key: string }) => ({ authorization: `Bearer ${key}` });
const ask = (facade: FacadeUnderTest, caller = shop, body: unknown = VERSION) => postJson(facade.url, body, as(caller));
const statuses = async (answers: Promise<HttpResponse>[]) => (await Promise.all(answers)).map(({ status }) => status).sort();

it("rejects requests over the limit, says when to retry, and does not affect other callers", async () => {
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

it("resets after the window", async () => {
  const facade = await serve({ requests: 1, windowS: 1 });
  expect((await ask(facade)).status).toBe(200);
  expect((await ask(facade)).status).toBe(429);
  await eventually("requests are served again", async () => (await ask(facade)).status === 200);
});

it("counts each operation of an array, and a request without operations", async () => {
  const facade = await serve({ requests: 5, windowS: 60 });
  expect((await ask(facade, shop, [VERSION, VERSION, VERSION])).status).toBe(200);
  expect((await ask(facade, shop, [VERSION, VERSION, VERSION])).status).toBe(429);
  for (let time = 0; time < 5; time++) expect((await ask(facade, office, [])).status).toBe(400);
  expect((await ask(facade, office, [])).status).toBe(429);
});

it("counts a GET as one operation, whatever its body", async () => {
  const facade = await serve({ requests: 2, windowS: 60 });
  const get = () =>
    sendHttp(facade.url, { method: "GET", path: `/graphql?query=${encodeURIComponent("{ version }")}`, headers: { ...as(shop), "content-type": "application/json" }, body: "[]" });
  expect([(await get()).status, (await get()).status, (await get()).status]).toEqual([200, 200, 429]);
});

it("does not count requests without a valid token", async () => {
  const facade = await serve({ requests: 1, windowS: 60 });
  for (let time = 0; time < 5; time++) expect((await postJson(facade.url, VERSION, as({ key: "kg_wrong" }))).status).toBe(401);
  expect((await ask(facade)).status).toBe(200);
});

it("does not apply without authentication, since all callers would share it", async () => {
  expect(loadConfig({ RATE_LIMIT: "1/60s" }).facade.rateLimit).toBeUndefined();
  const facade = await startFacade(kratos, loadConfig({ RATE_LIMIT: "1/60s" }).facade);
  expect(await statuses([postJson(facade.url, VERSION), postJson(facade.url, VERSION)])).toEqual([200, 200]);
});

describe("if Redis is unavailable", () => {
  it("counts requests in memory, and logs one warning without the password", async () => {
    const { lines, logger } = captureLog();
    // Nothing listens on port 9.
    const facade = await serve({ requests: 2, windowS: 60, redisUrl: "redis://:canary-password@127.0.0.1:9" }, { logger });
    expect(await statuses([ask(facade), ask(facade), ask(facade)])).toEqual([200, 200, 429]);
    // Long enough for some more attempts to connect.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(lines.filter((line) => line.includes("Redis is unavailable. Requests are counted in memory."))).toHaveLength(1);
    expect(lines.join()).not.toContain("canary-password");
  });

  it("does not wait for a Redis that accepts connections and never responds, and logs a warning", async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket.on("error", () => {})));
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    await stopAfterTest({
      stop: async () => {
        for (const socket of sockets) socket.destroy();
        mute.close();
      },
    });
    const { lines, logger } = captureLog("warn");
    const facade = await serve({ requests: 1, windowS: 60, redisUrl: `redis://127.0.0.1:${(mute.address() as AddressInfo).port}` }, { logger });
    expect((await ask(facade)).status).toBe(200);
    expect((await ask(facade)).status).toBe(429);
    await eventually("the outage is logged", () => lines.some((line) => line.includes("Redis is unavailable. Requests are counted in memory.")));
  });
});

// .ci/run installs it, so these tests are skipped at most on a developer's machine.
(hasRedis ? describe : describe.skip)("with a redis-server", () => {
  const LOST = (reason: unknown = expect.any(String)) => ({ level: 40, reason, msg: "Redis is unavailable. Requests are counted in memory." });
  const BACK = { level: 40, msg: "Redis is available again. Requests are counted in Redis." };
  const stateChanges = (entries: Record<string, any>[]) => entries.filter(({ msg }) => msg.startsWith("Redis")).map(({ time: _, ...entry }) => entry);

  it("counts for two servers together, for each alone during an outage, and together again afterwards", async () => {
    const redis = await stopAfterTest(startRedis());
    const { logger, entries } = captureLog("warn");
    const limit = { requests: 3, windowS: 60, redisUrl: redis.url };
    const [one, other] = [await serve(limit, { logger }), await serve(limit)];
    await redis.connected(2);

    expect(await statuses([ask(one), ask(other), ask(one)])).toEqual([200, 200, 200]);
    expect((await ask(other)).status).toBe(429);
    expect((await ask(other, office)).status).toBe(200);

    redis.pause();
    expect(await statuses([ask(one), ask(other)])).toEqual([200, 200]);
    redis.resume();
    await eventually("the servers count together again", () => stateChanges(entries()).length === 2);
    expect((await ask(one)).status).toBe(429);
    expect(stateChanges(entries())).toEqual([LOST(expect.stringMatching(/^Command timed out/)), BACK]);

    await redis.stop();
    expect(await statuses([ask(one, office), ask(one, office), ask(one, office), ask(one, office)])).toEqual([200, 200, 200, 429]);
    await eventually("the outage is logged", () => stateChanges(entries()).length === 3);

    const again = await stopAfterTest(startRedis({ port: redis.port }));
    await eventually("the return of Redis is logged", () => stateChanges(entries()).length === 4);
    await again.connected(2);
    expect(await statuses([ask(one), ask(other), ask(one), ask(other)])).toEqual([200, 200, 200, 429]);
    expect(stateChanges(entries()).map(({ msg }) => msg)).toEqual([LOST().msg, BACK.msg, LOST().msg, BACK.msg]);
  }, 20_000);

  it("notices without a request that Redis hangs, so that no request waits for it, and says so in the log and a gauge", async () => {
    const redis = await stopAfterTest(startRedis());
    const { logger, entries } = captureLog("warn");
    const metrics = new Registry();
    const facade = await serve({ requests: 3, windowS: 60, redisUrl: redis.url }, { logger, metrics });
    const gauge = async () => (await metrics.metrics()).split("\n").find((line) => line.startsWith("kratos_graphql_redis_up "));
    await redis.connected(1);
    await eventually("the gauge is 1", async () => (await gauge()) === "kratos_graphql_redis_up 1");

    redis.pause();
    await eventually("the outage is logged", () => entries().length > 0);
    expect(entries()).toMatchObject([LOST(expect.stringMatching(/^Command timed out/))]);
    expect(await gauge()).toBe("kratos_graphql_redis_up 0");
    const commands = jest.spyOn(RateLimiterRedis.prototype, "consume");
    expect(await statuses([ask(facade), ask(facade), ask(facade), ask(facade)])).toEqual([200, 200, 200, 429]);
    expect(commands).not.toHaveBeenCalled();
    commands.mockRestore();

    redis.resume();
    await eventually("the return is logged", () => entries().some(({ msg }) => msg === BACK.msg));
    expect(await gauge()).toBe("kratos_graphql_redis_up 1");
  }, 20_000);

  it("counts in memory if Redis is full, and says so in the log, until Redis has room again", async () => {
    const redis = await stopAfterTest(startRedis());
    const { logger, entries } = captureLog("warn");
    const facade = await serve({ requests: 2, windowS: 60, redisUrl: redis.url }, { logger });
    await redis.connected(1);
    await redis.setFull(true);
    expect(await statuses([ask(facade), ask(facade), ask(facade)])).toEqual([200, 200, 429]);
    await eventually("the outage is logged", () => entries().length > 0);
    expect(stateChanges(entries())).toEqual([LOST(expect.stringMatching(/^OOM /))]);
    await redis.setFull(false);
    await eventually("the return is logged", () => entries().length > 1);
    expect(stateChanges(entries())).toHaveLength(2);
  }, 20_000);
});
