import { HealthDocument, ListIdentitiesDocument, SystemDocument } from "../generated/operations.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import { startKratos } from "../support/kratos-under-test.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startRecordingProxy } from "../support/recording-proxy.js";
import { codeOf, dataOf, startFacade, useRecordedFacade } from "../support/use-facade.js";

const { kratos, adminProxy, publicProxy, facade } = useRecordedFacade(startKratos);

const WELL = { alive: true, ready: true, errors: [] };

it("returns the version, health and metrics of Kratos", async () => {
  const { version } = (await (await fetch(`${kratos.adminUrl}/version`)).json()) as { version: string };
  const data = dataOf(await facade.ask(SystemDocument, {}));
  expect(data).toMatchObject({ version, health: WELL });
  expect(data.metrics).toMatch(/^# HELP .+\n# TYPE /m);
});

it("checks Kratos once for many callers who ask at the same time", async () => {
  adminProxy.take();
  await Promise.all(Array.from({ length: 40 }, () => facade.send("{ health { ready } }")));
  expect(adminProxy.take().filter(({ path }) => path === "/health/ready").length).toBeLessThan(40);
});

it("reports Kratos as not alive during an outage, fails only the fields that need it, and recovers", async () => {
  const list = `{ identities(first: 1) { edges { node { id } } } health { alive ready errors { name message } } }`;
  await adminProxy.disconnect();
  const away = await facade.send(list);
  expect(away.data).toEqual({
    identities: null,
    health: { alive: false, ready: false, errors: [{ name: "kratos", message: "Kratos cannot be reached." }] },
  });
  expect(codeOf(away)).toBe("KRATOS_UNAVAILABLE");
  expect(JSON.stringify(away)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
  await adminProxy.reconnect();
  const back = dataOf(await facade.send(list));
  expect(back).toMatchObject({ identities: { edges: expect.any(Array) }, health: WELL });
});

it("starts while Kratos is unavailable, and serves it as soon as it is up", async () => {
  const late = await stopAfterTest(startRecordingProxy(kratos.adminUrl));
  await late.disconnect();
  const early = await startFacade({ adminUrl: late.url, publicUrl: kratos.publicUrl });
  expect(dataOf(await early.ask(HealthDocument, {})).health?.alive).toBe(false);
  expect(codeOf(await early.ask(ListIdentitiesDocument, { first: 1 }))).toBe("KRATOS_UNAVAILABLE");
  await late.reconnect();
  expect(dataOf(await early.ask(ListIdentitiesDocument, { first: 1 })).identities?.edges).toEqual(expect.any(Array));
});

it("passes the caller's cookies and session token to Kratos for flows only", async () => {
  const headers = { cookie: "a=b; c=d", "x-session-token": "secret", authorization: "Bearer mine", "x-forwarded-for": "1.2.3.4" };
  adminProxy.take();
  publicProxy.take();
  await facade.send(
    `{ identity(id: "${UNKNOWN_ID}") { id } identities(first: 1) { edges { node { schema { id } } } }
       selfServiceError(id: "stub:500") { id } version metrics health { ready } loginFlow(id: "abc") { id } }`,
    {},
    headers,
  );
  const seen = [...adminProxy.take(), ...publicProxy.take()];
  const flows = seen.filter(({ path }) => path.includes("/flows?"));
  expect(flows).toHaveLength(1);
  expect(flows[0]!.headers).toMatchObject({ cookie: "a=b; c=d", "x-session-token": "secret" });
  expect(seen.length).toBeGreaterThan(4);
  for (const { path, headers: sent } of seen) {
    expect(sent).not.toHaveProperty("authorization");
    expect(sent).not.toHaveProperty("x-forwarded-for");
    if (path.includes("/flows?")) continue;
    expect(sent).not.toHaveProperty("cookie");
    expect(sent).not.toHaveProperty("x-session-token");
  }
});
