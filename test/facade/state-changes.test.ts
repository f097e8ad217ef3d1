import { Registry } from "prom-client";
import { AUDIENCE, makeKey, startTokenIssuer } from "../security/token-issuer.js";
import { startFaultyKratos } from "../support/faulty-kratos.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startFacade } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

/* What the log and the metrics say with LOG_LEVEL=warn while nobody sends a request. */

const valueOf = async (metrics: Registry, name: string) => (await metrics.metrics()).split("\n").find((line) => line.startsWith(`${name} `))?.split(" ")[1];

it("a Kratos that goes away and comes back is one line each, with the reason, and a gauge", async () => {
  const kratos = await stopAfterTest(startFaultyKratos());
  const { logger, entries } = captureLog("warn");
  const metrics = new Registry();
  await startFacade(kratos, { logger, metrics, checkIntervalMs: 20 });
  const isReady = () => valueOf(metrics, "kratos_graphql_kratos_ready");
  await eventually("Kratos is known to be ready", async () => (await isReady()) === "1");

  await kratos.disconnect();
  await eventually("the loss is logged", () => entries().length === 1);
  expect(entries()).toMatchObject([{ level: 40, detail: expect.stringContaining("ECONNREFUSED"), msg: "Kratos is not ready." }]);
  expect(await isReady()).toBe("0");

  await kratos.reconnect();
  await eventually("the return is logged", () => entries().length === 2);
  expect(entries()[1]).toMatchObject({ level: 40, version: "v26.2.0", msg: "Kratos is ready again." });
  expect(await isReady()).toBe("1");

  kratos.fault = {
    do: (response) => response.writeHead(503, { "content-type": "application/json" }).end('{"errors":{"database":"dial tcp 10.0.0.5:5432"}}'),
    to: (line) => line.includes("/health/ready"),
  };
  await eventually("the failure of the database is logged", () => entries().length === 3);
  expect(entries()[2]).toMatchObject({ level: 40, failing: ["database"], msg: "Kratos is not ready." });
  expect(JSON.stringify(entries())).not.toContain("10.0.0.5");
}, 30_000);

it("a Kratos that is not there at the start is a line", async () => {
  const { logger, entries } = captureLog("warn");
  // Nothing listens on port 9.
  await startFacade({ adminUrl: "http://127.0.0.1:9" }, { logger, checkIntervalMs: 60_000 });
  await eventually("it is logged", () => entries().length === 1);
  expect(entries()).toMatchObject([{ level: 40, msg: "Kratos is not ready." }]);
});

it("a JWT issuer that goes away and comes back is one line each", async () => {
  const kratos = await stopAfterTest(startFaultyKratos());
  const issuer = await stopAfterTest(startTokenIssuer(await makeKey("ec-1", "ES256")));
  await issuer.disconnect();
  const { logger, entries } = captureLog("warn");
  const jwt = { issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl, clockToleranceS: 5 };
  await startFacade(kratos, { logger, authentication: { apiKeys: [], jwt }, checkIntervalMs: 20 });
  await eventually("the loss is logged", () => entries().length === 1);
  await issuer.reconnect();
  await eventually("the return is logged", () => entries().length === 2);
  expect(entries()).toMatchObject([
    { level: 40, issuer: issuer.issuer, msg: "The keys of the JWT issuer cannot be loaded. Known keys are accepted for ten minutes." },
    { level: 40, issuer: issuer.issuer, msg: "The keys of the JWT issuer can be loaded again." },
  ]);

  const clock = jest.spyOn(Date, "now").mockImplementation(() => performance.timeOrigin + performance.now() + 61_000);
  await issuer.disconnect();
  await eventually("the loss is logged, although the keys are known", () => entries().length === 3);
  clock.mockRestore();
}, 30_000);
