import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Registry } from "prom-client";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { faults, largeBody, redirect, startFaultyKratos, tooMany, type Fault } from "../support/faulty-kratos.js";
import { codesOf, postJson, type HttpResponse } from "../support/http.js";
import { logInBrowser, signUp } from "../support/kratos-api.js";
import type { KratosUnderTest } from "../support/kratos-under-test.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { createFacadeUnderTest, dataOf, startFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";

/* What holds for signed-in users as it does for other callers. */

const COOKIE = "ory_kratos_session";
const ORIGIN = "https://app.example.com";
const shop = createApiKey("shop", ["identities:read"]);
const withKey = { authorization: `Bearer ${shop.key}` };
const WHOAMI = "{ viewer { identity { id } } }";
const OPTIONS = { authentication: { apiKeys: parseApiKeys(shop.line), sessions: { cookie: COOKIE } }, corsOrigins: [ORIGIN], batching: true } satisfies FacadeTestOptions;

const { kratos } = useServers(async (cleanups) => ({ kratos: cleanups.use(await startFakeKratos()) }));
const post = (at: { url: string }, query: string, headers: Record<string, string>) => postJson(at.url, { query }, headers);
const outcomeOf = (response: HttpResponse) => [response.status, ...codesOf(response)];

async function createUser(at: KratosUnderTest = kratos) {
  const email = `${randomUUID()}@limits.example.com`;
  const { identityId: id, sessionToken: token } = await signUp(at, { email, name: { last: "Bee" } });
  return { id, email, token, byToken: { "x-session-token": token }, byCookie: { cookie: await logInBrowser(at, email), origin: ORIGIN } };
}

describe("if Kratos cannot say whose session it is, the request fails and nobody is taken for anybody", () => {
  const { faulty, facade, user } = useServers(async (cleanups) => {
    const faulty = cleanups.use(await startFaultyKratos());
    const facade = cleanups.use(await createFacadeUnderTest(faulty, { ...OPTIONS, timeoutMs: 400 }));
    return { faulty, facade, user: await createUser(faulty) };
  });
  afterEach(() => {
    faulty.fault = undefined;
  });

  const ME = { id: randomUUID(), schema_id: "default", schema_url: "", traits: {} };
  const json = (body: unknown, status = 200): Fault => (response) => void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const ANSWERS: readonly (readonly [string, Fault])[] = [
    ...Object.entries(faults),
    ["a large body", largeBody(30_000_000)],
    ["a redirect to another page", redirect(302, "http://db.internal/canary?token=canary")],
    ["a redirect as that of the admin port", redirect(307, "http://db.internal/sessions/whoami")],
    ["too many requests", tooMany("7")],
    ...[400, 403, 404, 405, 409, 410, 422, 500, 502, 503, 504].map((status): [string, Fault] => [`status ${status}`, json({ error: { code: status, id: "canary id", reason: "canary", message: "canary", debug: "canary" } }, status)]),
    ["an empty body", (response) => void response.writeHead(200, { "content-type": "application/json" }).end()],
    ["no content", (response) => void response.writeHead(204).end()],
    ["null", json(null)],
    ["a text", json("canary")],
    ["a list", json([{ id: randomUUID(), identity: ME }])],
    ["a session without an identity", json({ id: randomUUID(), active: true })],
    ["an identity without an ID", json({ id: randomUUID(), identity: { ...ME, id: undefined } })],
    ["an identity with an ID that is a number", json({ id: randomUUID(), identity: { ...ME, id: 1 } })],
    ["an identity with an ID that is no UUID", json({ id: randomUUID(), identity: { ...ME, id: "canary\nkey:shop" } })],
    ["an identity with an empty ID", json({ id: randomUUID(), identity: { ...ME, id: "" } })],
    ["an identity with traits that are a text", json({ id: randomUUID(), identity: { ...ME, traits: "canary" } })],
    ["a session without an ID", json({ identity: ME })],
    ["the session with an error", json({ error: { code: 401 } })],
  ];

  it.each(ANSWERS)("with %s", async (_, fault) => {
    faulty.fault = { do: fault, to: (line) => line.endsWith("/sessions/whoami") };
    for (const headers of [user.byToken, user.byCookie]) {
      const response = await post(facade, WHOAMI, headers);
      expect(outcomeOf(response)).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
      expect(Object.keys(response.body)).toEqual(["errors"]);
      expect([response.headers["retry-after"], response.headers["set-cookie"]]).toEqual(["5", undefined]);
      expect(JSON.stringify(response)).not.toMatch(/canary|db\.internal|127\.0\.0\.1:\d|whoami|Cannot read/);
    }
    faulty.fault = undefined;
    expect(outcomeOf(await post(facade, WHOAMI, user.byToken))).toEqual([200]);
  });

  it("with a refused connection", async () => {
    await faulty.disconnect();
    expect(outcomeOf(await post(facade, WHOAMI, user.byToken))).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
    // Their key is known here.
    expect((await post(facade, "{ __typename }", withKey)).body).toEqual({ data: { __typename: "Query" } });
    await faulty.reconnect();
  });

  it("with a public URL that leads to the admin port, or without one", async () => {
    for (const publicUrl of [kratos.adminUrl, undefined]) {
      const facade = await startFacade({ adminUrl: kratos.adminUrl, publicUrl }, OPTIONS);
      expect(outcomeOf(await post(facade, WHOAMI, { "x-session-token": "made-up-token" }))).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
    }
  });

  it("also if requests without a session are let in, to try the server out", async () => {
    const open = await startFacade(faulty, { authentication: { apiKeys: [], sessions: { cookie: COOKIE, optional: true } } });
    expect((await post(open, "{ version }", {})).body).toEqual({ data: { version: "v26.2.0" } });
    const unknown: Record<string, string>[] = [{ "x-session-token": "unknown" }, { cookie: `${COOKIE}=unknown` }];
    for (const headers of unknown) expect(outcomeOf(await post(open, "{ version }", headers))).toEqual([401, "UNAUTHENTICATED"]);
    expect(outcomeOf(await post(open, "{ version }", user.byToken))).toEqual([200, "FORBIDDEN"]);
    faulty.fault = { do: faults.html, to: (line) => line.endsWith("/sessions/whoami") };
    for (const headers of [user.byToken, user.byCookie]) expect(outcomeOf(await post(open, "{ version }", headers))).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
  });
});

describe("many users at a time", () => {
  const PROXY = { trustedProxies: ["127.0.0.1"] };
  const PAGE = "{ identities(first: 1) { edges { node { id } } } }";
  let held: ServerResponse[] = [];

  async function serve(options: FacadeTestOptions = {}) {
    const faulty = await stopAfterTest(startFaultyKratos());
    const at = await startFacade(faulty, { ...OPTIONS, connections: 1, queueLength: 4, ...options });
    dataOf(await at.send(PAGE, {}, withKey));
    held = [];
    faulty.fault = { do: (response) => void held.push(response), to: (line) => line.endsWith("/sessions/whoami") };
    const release = () => {
      faulty.fault = undefined;
      for (const response of held.splice(0)) faults.html(response);
    };
    return { at, release };
  }

  it.each([
    ["of one address", (): Record<string, string> => ({})],
    ["of one address each", (at: number): Record<string, string> => ({ "x-forwarded-for": `203.0.113.${at}` })],
  ])("%s, with sessions that nobody knows, leave callers with an API key their turn", async (_, addressOf) => {
    const { at, release } = await serve(PROXY);
    const answers = Array.from({ length: 5 }, (_, index) => post(at, WHOAMI, { "x-session-token": `made-up-${index}`, ...addressOf(index) }));
    await eventually("the queue is full", () => at.kratos.load.queued === 4 && held.length === 1);
    const ofShop = [post(at, PAGE, withKey), post(at, PAGE, withKey)];
    const refused = await Promise.race(answers);
    expect(outcomeOf(refused)).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
    await eventually("it is full again", () => at.kratos.load.queued === 4);
    release();
    expect((await Promise.all(ofShop)).map((response) => outcomeOf(response))).toEqual([[200], [200]]);
    await Promise.all(answers);
  });

  it("take turns with each other by their address until it is known who they are", async () => {
    const { at, release } = await serve({ ...PROXY, queueLength: 3 });
    const order: string[] = [];
    const ask = (name: string, address: number) => post(at, WHOAMI, { "x-session-token": name, "x-forwarded-for": `203.0.113.${address}` }).then(() => void order.push(name));
    const answers = [ask("first", 1)];
    await eventually("it is running", () => held.length === 1);
    for (const [at_, name] of ["second", "third", "fourth"].entries()) {
      answers.push(ask(name, 1));
      await eventually("it is waiting", () => at.kratos.load.queued === at_ + 1);
    }
    // The latest of the address with the most gives way.
    answers.push(ask("other", 2));
    await eventually("one is refused", () => order.length === 1);
    expect(order).toEqual(["fourth"]);
    release();
    await Promise.all(answers);
    expect(order.indexOf("other")).toBeLessThan(order.indexOf("third"));
  });
});

describe("the log of a user's requests", () => {
  it("names the identity as the caller, in the audit log too, and has neither the token nor the cookie", async () => {
    const { logger, lines, entries } = captureLog();
    const at = await startFacade(kratos, { ...OPTIONS, logger });
    const update = 'mutation { updateViewerTraits(input: { traits: { email: "nope", age: "canary" } }) { userErrors { code } } revokeOtherSessions { count } }';
    for (const by of ["byToken", "byCookie"] as const) {
      const user = await createUser();
      const headers = user[by];
      const caller = `session:${user.id}`;
      lines.length = 0;
      await post(at, WHOAMI, headers);
      await post(at, update, headers);
      const own = entries();
      expect(own.filter(({ msg }) => msg === "request").map((entry) => entry["caller"])).toEqual([caller, caller]);
      expect(own.filter(({ audit }) => audit)).toEqual([
        expect.objectContaining({ caller, mutation: "updateViewerTraits", outcome: "REFUSED", identityId: user.id, codes: ["INVALID", "INVALID"] }),
        expect.objectContaining({ caller, mutation: "revokeOtherSessions", outcome: "DONE" }),
      ]);
      for (const secret of [user.token, user.byCookie.cookie, user.byCookie.cookie.slice(COOKIE.length + 1), user.email, "canary", "Bee"]) expect(lines.join("")).not.toContain(secret);
    }
  });

  it("has a line for a forged mutation, and for a refused session without the credential", async () => {
    const { logger, lines, entries } = captureLog();
    const at = await startFacade(kratos, { ...OPTIONS, logger });
    const user = await createUser();
    await post(at, "mutation { revokeOtherSessions { count } }", { cookie: user.byCookie.cookie, origin: "https://evil.example" });
    expect(entries().filter(({ audit }) => audit)).toEqual([expect.objectContaining({ caller: `session:${user.id}`, mutation: "revokeOtherSessions", codes: ["FORBIDDEN"] })]);
    await post(at, WHOAMI, { "x-session-token": "canary-token" });
    await post(at, WHOAMI, { cookie: `${COOKIE}=canary-cookie` });
    await post(at, WHOAMI, { cookie: `${COOKIE}=canary-cookie`, "x-session-token": "canary-token" });
    expect(entries().slice(-3).map(({ status }) => status)).toEqual([401, 401, 400]);
    expect(lines.join("")).not.toContain("canary");
  });
});

it("the rate limit is that of the user, whatever the session", async () => {
  const at = await startFacade(kratos, { ...OPTIONS, rateLimit: { requests: 3, windowS: 60 } });
  const [one, other] = [await createUser(), await createUser()];
  const statuses: number[] = [];
  for (const headers of [one.byToken, one.byCookie, one.byToken, one.byCookie, other.byToken, withKey]) statuses.push((await post(at, WHOAMI, headers as Record<string, string>)).status);
  expect(statuses).toEqual([200, 200, 200, 429, 200, 200]);
});

it("all users share one part of the labels of metrics, so that sign-ups leave room for the operations of others", async () => {
  const metrics = new Registry();
  const at = await startFacade(kratos, { ...OPTIONS, metrics });
  const users = [await createUser(), await createUser()];
  const named = (name: string) => ({ query: `query ${name} { __typename }` });
  for (const [index, user] of users.entries()) {
    for (let start = 0; start < 60; start += 10) await postJson(at.url, Array.from({ length: 10 }, (_, offset) => named(`Made_up_${index}_${start + offset}`)), user.byToken);
  }
  await postJson(at.url, named("OfTheShop"), withKey);
  const text = await metrics.metrics();
  expect(new Set(text.match(/Made_up_\d_\d+/g)).size).toBe(100);
  expect(text).toContain('"OfTheShop"');
  for (const { id, token } of users) expect([text.includes(id), text.includes(token)]).toEqual([false, false]);
});

it("the safelist, the limits and the costs are those of every caller", async () => {
  const user = await createUser();
  const listed = await startFacade(kratos, { ...OPTIONS, safelist: JSON.stringify({ format: "apollo-persisted-query-manifest", version: 1, operations: [{ id: "a".repeat(64), name: "W", type: "query", body: `query W ${WHOAMI}` }] }) });
  expect(outcomeOf(await post(listed, `query W ${WHOAMI}`, user.byToken))).toEqual([200]);
  const unlisted = await post(listed, WHOAMI, user.byToken);
  expect([unlisted.status, unlisted.body.data]).toEqual([expect.any(Number), undefined]);
  expect(unlisted.status).toBeGreaterThanOrEqual(400);
  const limited = await startFacade(kratos, { ...OPTIONS, limits: { cost: 50, rootFields: 2 } });
  expect((await postJson(limited.url, { query: WHOAMI }, { ...user.byToken, "x-graphql-cost": "1" })).body).toEqual({ data: { viewer: { identity: { id: user.id } } }, extensions: { cost: expect.anything() } });
  expect(codesOf(await post(limited, "{ viewer { otherSessions(first: 100) { edges { node { id } } } } }", user.byToken))).toEqual(["OPERATION_TOO_LARGE"]);
  expect(codesOf(await post(limited, "{ a: viewer { session { id } } b: viewer { session { id } } c: viewer { session { id } } }", user.byToken))).toEqual(["OPERATION_TOO_LARGE"]);
});

it("the traits mask does not hide a user's own traits, also after a change, and hides those of others from callers with an API key", async () => {
  const at = await startFacade(kratos, { ...OPTIONS, traitsMask: ["email", "name.last"] });
  const fields = "id traits verifiableAddresses { value }";
  for (const by of ["byToken", "byCookie"] as const) {
    const user = await createUser();
    const headers = user[by];
    const own = { id: user.id, traits: { email: user.email, name: { last: "Bee" } }, verifiableAddresses: [{ value: user.email }] };
    expect(dataOf(await at.send(`{ viewer { identity { ${fields} } } }`, {}, headers))).toEqual({ viewer: { identity: own } });
    expect(dataOf(await at.send(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { ${fields} } } }`, { of: [{ __typename: "Identity", id: user.id }] }, headers))).toEqual({ _entities: [own] });
    const changed = `mutation { updateViewerTraits(input: { traits: { age: 30 } }) { viewer { identity { ${fields} } } userErrors { code } } }`;
    expect(dataOf(await at.send(changed, {}, headers))).toEqual({ updateViewerTraits: { viewer: { identity: { ...own, traits: { ...own.traits, age: 30 } } }, userErrors: [] } });
    const seen = dataOf(await at.send(`{ identity(id: "${user.id}") { ${fields} } }`, {}, withKey));
    expect(seen).toEqual({ identity: { id: user.id, traits: { name: {}, age: 30 }, verifiableAddresses: [{ value: "***" }] } });
  }
});

describe("of the cookies that Kratos sets", () => {
  const ID = randomUUID();
  const ME = { id: ID, schema_id: "default", schema_url: "", traits: {} };
  const flow = (state: string) => ({ id: randomUUID(), type: "browser", expires_at: "2099-01-01T00:00:00Z", issued_at: "2020-01-01T00:00:00Z", request_url: "", ui: { action: "", method: "POST", nodes: [], messages: [] }, state, identity: ME });
  const csrf = ["aHR0cDovL2E_csrf_token=canary; Path=/", "csrf_token_ab=canary; Path=/; HttpOnly"];
  const others = [...csrf, "ory_kratos_continuity=canary; Path=/", `${COOKIE}_2=canary; Path=/`, `x=${COOKIE}=canary; Path=/`, `${COOKIE.toUpperCase()}=canary`, "session=canary; Path=/"];
  const reissued = `${COOKIE}=new; Path=/; HttpOnly; Secure; SameSite=Lax`;
  const change = "mutation { updateViewerTraits(input: { traits: { age: 1 } }) { userErrors { code } } }";

  async function serve(submitted: Scripted) {
    const script = ({ method }: IncomingMessage, path: string): Scripted | undefined => {
      if (path === "/sessions/whoami") return { headers: { "set-cookie": others }, json: { id: ID, identity: ME } };
      if (path.startsWith("/self-service/settings/browser") || path.startsWith("/self-service/settings/api")) return { headers: { "set-cookie": [...others, reissued] }, json: flow("show_form") };
      if (path.startsWith("/sessions")) return { headers: { "set-cookie": [...others, reissued] }, json: method === "DELETE" ? { count: 0 } : [] };
      return method === "POST" ? submitted : undefined;
    };
    return startFacade(await stopAfterTest(startScriptedKratos("v26.2.0", script)), OPTIONS);
  }
  const withCookie = { cookie: `${COOKIE}=good`, origin: ORIGIN };
  const success: Scripted = { headers: { "set-cookie": [...others, reissued] }, json: flow("success") };

  it("only the session's is relayed, only after a change, and only to a browser", async () => {
    const at = await serve(success);
    const cookiesOf = async (query: string, headers: Record<string, string>) => (await post(at, query, headers)).headers["set-cookie"];
    for (const query of [WHOAMI, "{ viewer { otherSessions { edges { cursor } } } }", "mutation { revokeOtherSessions { count } }"]) expect(await cookiesOf(query, withCookie)).toBeUndefined();
    expect(await cookiesOf(change, withCookie)).toEqual([reissued]);
    expect(await cookiesOf(change, { "x-session-token": "good" })).toBeUndefined();
    expect((await post(at, WHOAMI, { "x-session-token": "good" })).headers["set-cookie"]).toBeUndefined();
  });

  it.each<[string, Scripted]>([
    ["asks for another sign-in", { status: 403, headers: { "set-cookie": [...others, reissued] }, json: { error: { id: "session_refresh_required", code: 403 }, redirect_browser_to: "http://127.0.0.1/self-service/login/browser?refresh=true" } }],
    ["rejects the form", { status: 400, headers: { "set-cookie": [...others, reissued] }, json: flow("show_form") }],
    ["fails", { status: 500, headers: { "set-cookie": [...others, reissued] }, json: { error: { code: 500 } } }],
  ])("none is relayed if Kratos %s", async (_, submitted) => {
    const response = await post(await serve(submitted), change, withCookie);
    expect(response.headers["set-cookie"]).toBeUndefined();
    expect(JSON.stringify(response.body)).not.toMatch(/canary|127\.0\.0\.1/);
  });
});
