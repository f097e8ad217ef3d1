import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { startFaultyKratos } from "../support/faulty-kratos.js";
import { codesOf, postJson, sendHttp, sendRaw, type HttpResponse } from "../support/http.js";
import { logInBrowser, patchIdentity, readIdentity, signUp, startApiFlow } from "../support/kratos-api.js";
import type { KratosUnderTest } from "../support/kratos-under-test.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { operationsOf } from "../support/schema-walk.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade, useRecordedFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { eventually } from "../support/wait.js";
import { AUDIENCE, makeKey, startTokenIssuer } from "./token-issuer.js";

const COOKIE = "ory_kratos_session";
const ORIGIN = "https://app.example.com";
const all = createApiKey("office", ["identities:read", "identities:write", "sessions:read", "flows:read"]);
const apiKeys = parseApiKeys(all.line);
const withKey = { authorization: `Bearer ${all.key}` };
const WHOAMI = "{ viewer { identity { id } } }";
const JSON_TYPE = { "content-type": "application/json" };

const OPTIONS = { authentication: { apiKeys, sessions: { cookie: COOKIE } }, corsOrigins: [ORIGIN], batching: true } satisfies FacadeTestOptions;
const { kratos, adminProxy, publicProxy, facade } = useRecordedFacade(startFakeKratos, OPTIONS);

interface User {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  readonly cookie: string;
  /** IDs of the session with the cookie, and of that with the token. */
  readonly sessions: readonly string[];
}

async function createUser(at: KratosUnderTest = kratos): Promise<User> {
  const email = `${randomUUID()}@attacks.example.com`;
  const { identityId: id, sessionToken: token } = await signUp(at, { email });
  const cookie = await logInBrowser(at, email);
  const response = await fetch(`${at.adminUrl}/admin/identities/${id}/sessions?page=1&per_page=10`);
  const sessions = ((await response.json()) as { id: string }[]).map((session) => session.id);
  expect(sessions).toHaveLength(2);
  return { id, email, token, cookie, sessions };
}

const byToken = ({ token }: User) => ({ "x-session-token": token });
const byCookie = ({ cookie }: User) => ({ cookie });
const isWhoami = ({ path }: { readonly path: string }) => path === "/sessions/whoami";
const post = (query: string, headers: Record<string, string>, at: { url: string } = facade) => postJson(at.url, { query }, headers);
const outcomeOf = (response: HttpResponse) => [response.status, ...codesOf(response)];
const change = (name: string) => `mutation { updateViewerTraits(input: { traits: { name: { first: "${name}" } } }) { userErrors { code } } }`;
const firstNameOf = async ({ id }: User) => (await readIdentity(kratos, id)).traits.name?.first;

let victim: User;
let attacker: User;

beforeAll(async () => {
  [victim, attacker] = [await createUser(), await createUser()];
  for (const { id, email } of [victim, attacker]) await patchIdentity(kratos, id, [{ op: "add", path: "/external_id", value: `Ext-${email}` }]);
});

beforeEach(() => {
  adminProxy.take();
  publicProxy.take();
});

describe("the ID of somebody else", () => {
  const OWN_FIELDS = ["viewer", "updateViewerTraits", "revokeOtherSessions", "revokeSession", "_service"];
  const operations = operationsOf(buildFacadeSchema().schema).filter(({ field }) => !OWN_FIELDS.includes(field));

  it.each(operations.map(({ field, text }) => [field, text] as const))("opens nothing with %s, and Kratos is not asked", async (field, text) => {
    const [session] = victim.sessions;
    const isOfSession = /^(session|extendSession)$/.test(field);
    const id = isOfSession ? session : field.endsWith("Schema") ? "default" : victim.id;
    const variables = {
      id,
      identifier: victim.email,
      externalId: `Ext-${victim.email}`,
      first: 10,
      sessionToken: attacker.token,
      representations: [{ __typename: "Identity", id: victim.id }],
      input: { id, ...INPUTS[field] },
    };
    const { body } = await postJson(facade.url, { query: text, variables }, byToken(attacker));
    expect(Object.values(body.data).flat()).toEqual([null]);
    expect(body.errors.length).toBeGreaterThan(0);
    for (const { extensions } of body.errors) expect(extensions).toMatchObject({ code: "FORBIDDEN", requiredScope: expect.anything() });
    for (const secret of [victim.email, victim.token]) expect(JSON.stringify(body)).not.toContain(secret);
    expect([adminProxy.take(), publicProxy.take().filter((request) => !isWhoami(request))]).toEqual([[], []]);
  });

  /** Inputs that are valid, so that it is the scope that refuses them. */
  const INPUTS: Readonly<Record<string, object>> = {
    createIdentity: { id: undefined, schemaId: "default", traits: { email: "new@attacks.example.com" } },
    importIdentities: { id: undefined, identities: [{ schemaId: "default", traits: { email: "new@attacks.example.com" } }] },
    updateIdentity: { traits: {} },
    patchIdentity: { traits: { merge: { age: 1 } } },
    ...Object.fromEntries(["verifyAddress", "deleteIdentityCredential", "createRecoveryLink", "createRecoveryCode", "revokeIdentitySessions"].map((field) => [field, { id: undefined }])),
  };
  beforeAll(() => {
    const identityId = victim.id;
    Object.assign(INPUTS["verifyAddress"]!, { identityId, address: victim.email });
    Object.assign(INPUTS["deleteIdentityCredential"]!, { identityId, type: "totp" });
    for (const field of ["createRecoveryLink", "createRecoveryCode", "revokeIdentitySessions"]) Object.assign(INPUTS[field]!, { identityId });
  });

  it("is refused as a reference by each key and in any case, next to one's own, which is answered without the admin API", async () => {
    const query = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id traits } } }";
    const [own, other] = [attacker, victim].map(({ email }) => `Ext-${email}`) as [string, string];
    const mine = [{ id: attacker.id }, { id: attacker.id.toUpperCase() }, { externalId: own }, { id: attacker.id, externalId: other }];
    const foreign = [{ id: victim.id }, { id: victim.id.toUpperCase() }, { externalId: other }, { externalId: own.toUpperCase() }, { id: victim.id, externalId: own }, { id: `${attacker.id} ` }];
    const of = [...mine, ...foreign].map((keys) => ({ __typename: "Identity", ...keys }));
    const { data, errors } = await facade.send(query, { of }, byToken(attacker));
    expect(data!["_entities"]).toEqual([...mine.map(() => ({ id: attacker.id, traits: { email: attacker.email, name: {} } })), ...foreign.map(() => null)]);
    expect(errors!.map(({ path, extensions }) => [path![1], extensions])).toEqual(foreign.map((_, at) => [mine.length + at, { code: "FORBIDDEN", requiredScope: "identities:read" }]));
    const sessions = [...victim.sessions, ...attacker.sessions].map((id) => ({ __typename: "Session", id }));
    expect((await facade.send(query, { of: sessions }, byToken(attacker))).data).toEqual({ _entities: sessions.map(() => null) });
    expect(adminProxy.take()).toEqual([]);
  });

  it("revokes no session, and the response is that for an unknown one", async () => {
    const query = "mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId userErrors { code } } }";
    for (const id of victim.sessions) {
      expect(await facade.send(query, { id }, byToken(attacker))).toEqual({ data: { revokeSession: { revokedSessionId: id, userErrors: [] } }, errors: undefined });
    }
    expect(adminProxy.take()).toEqual([]);
    for (const headers of [byToken(victim), byCookie(victim)]) expect(outcomeOf(await post(WHOAMI, headers))).toEqual([200]);
  });

  it("shows nothing of a session that it revokes", async () => {
    const query = "mutation ($id: ID!) { revokeSession(input: { id: $id }) { session { id identity { id } } } }";
    const { data, errors } = await facade.send(query, { id: victim.sessions[0] }, byToken(attacker));
    expect(data).toEqual({ revokeSession: { session: null } });
    expect(errors![0]!.extensions).toMatchObject({ code: "FORBIDDEN", requiredScope: "sessions:read" });
  });

  it("gets into no change of one's own traits", async () => {
    const update = (traits: object) => facade.send("mutation ($traits: JSONObject!) { updateViewerTraits(input: { traits: $traits }) { viewer { identity { id } } userErrors { code } } }", { traits }, byToken(attacker));
    expect(dataOf(await update({ id: victim.id }))).toEqual({ updateViewerTraits: { viewer: null, userErrors: [{ code: "INVALID" }] } });
    expect(dataOf(await update({ email: victim.email }))).toEqual({ updateViewerTraits: { viewer: null, userErrors: [{ code: "CONFLICT" }] } });
    expect(dataOf(await update(JSON.parse('{"__proto__":{"email":"a@attacks.example.com"}}') as object))).toMatchObject({ updateViewerTraits: { viewer: null } });
    expect((await readIdentity(kratos, victim.id)).traits.email).toBe(victim.email);
    expect((await readIdentity(kratos, attacker.id)).traits.email).toBe(attacker.email);
  });

  it("of their settings flow is of no use: users can neither read a flow nor name the one that their change is sent with", async () => {
    const { id } = await startApiFlow(kratos, "settings", victim.token);
    const { errors } = await facade.send("query ($id: ID!, $sessionToken: String) { settingsFlow(id: $id, sessionToken: $sessionToken) { id identity { id } } }", { id, sessionToken: attacker.token }, byToken(attacker));
    expect(errors!.map(({ extensions }) => extensions)).toEqual([{ code: "FORBIDDEN", requiredScope: "flows:read" }]);
    publicProxy.take();
    expect(outcomeOf(await post(change("Own"), byToken(attacker)))).toEqual([200]);
    const [flow] = publicProxy.take().filter(({ method }) => method === "POST");
    expect(flow!.path).not.toContain(id);
    expect(await firstNameOf(victim)).toBeUndefined();
  });
});

describe("a session that is revoked in the middle of a request", () => {
  const ME = { id: randomUUID(), schema_id: "default", schema_url: "", traits: {} };
  const refused = { status: 401, json: { error: { code: 401, status: "Unauthorized", reason: "canary", message: "canary" } } };
  const FLOW = { id: randomUUID(), type: "api", expires_at: "2099-01-01T00:00:00Z", issued_at: "2020-01-01T00:00:00Z", request_url: "", ui: { action: "", method: "POST", nodes: [], messages: [] }, state: "show_form", identity: ME };

  it.each<[string, string, string]>([
    ["the list of other sessions", "GET /sessions?", "{ viewer { identity { id } otherSessions { edges { cursor } } } }"],
    ["the revocation of one", "DELETE /sessions/", `mutation { revokeSession(input: { id: "${randomUUID()}" }) { revokedSessionId } }`],
    ["the revocation of all others", "DELETE /sessions", "mutation { revokeOtherSessions { count } }"],
    ["the start of a settings flow", "GET /self-service/settings/", change("x")],
    ["its submission", "POST /self-service/settings", change("x")],
  ])("is UNAUTHENTICATED at %s, and nothing else is lost", async (_, to, query) => {
    const script = ({ method }: IncomingMessage, path: string): Scripted | undefined => {
      if (path === "/sessions/whoami") return { json: { id: randomUUID(), identity: ME } };
      if (`${method} ${path}`.startsWith(to)) return refused;
      return path.startsWith("/self-service/settings/") ? { json: FLOW } : undefined;
    };
    const scripted = await stopAfterTest(startScriptedKratos("v26.2.0", script));
    const at = await startFacade(scripted, OPTIONS);
    const reply = await at.send(query, {}, { "x-session-token": "good" });
    expect(codeOf(reply)).toBe("UNAUTHENTICATED");
    expect(JSON.stringify(reply)).not.toContain("canary");
    if (query.startsWith("{")) expect(reply.data).toEqual({ viewer: { identity: { id: ME.id }, otherSessions: null } });
    expect(scripted.seen.some((line) => line.startsWith(to))).toBe(true);
  });
});

describe("a request with a cookie", () => {
  const page = (headers: Record<string, string>) => ({ ...byCookie(victim), ...headers });
  const FOREIGN: readonly Record<string, string>[] = [
    {},
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: `${ORIGIN}.evil.example` },
    { origin: ORIGIN.toUpperCase() },
    { origin: "http://app.example.com" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin, cross-site" },
    { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    { origin: "", referer: `${ORIGIN}/` },
  ];

  it.each(FOREIGN)("from another site changes nothing, with %j", async (headers) => {
    for (const query of [change("Forged"), "mutation { revokeOtherSessions { count } }", `mutation { revokeSession(input: { id: "${victim.sessions[0]}" }) { revokedSessionId } }`]) {
      expect(outcomeOf(await post(query, page(headers)))).toEqual([403, "FORBIDDEN"]);
    }
    expect(publicProxy.take().every(isWhoami)).toBe(true);
    expect(adminProxy.take()).toEqual([]);
    expect(await firstNameOf(victim)).toBeUndefined();
  });

  it("from another site changes nothing in an array or among other operations either, whose queries are answered", async () => {
    const batch = await postJson(facade.url, [{ query: WHOAMI }, { query: change("Forged") }], page({ origin: "https://evil.example" }));
    expect(batch.body).toEqual([{ data: { viewer: { identity: { id: victim.id } } } }, { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: "FORBIDDEN" }) })] }]);
    const query = `query Q ${WHOAMI} mutation M ${change("Forged").slice("mutation ".length)}`;
    expect(outcomeOf(await postJson(facade.url, { query, operationName: "M" }, page({})))).toEqual([403, "FORBIDDEN"]);
    expect(outcomeOf(await postJson(facade.url, { query, operationName: "Q" }, page({})))).toEqual([200]);
    expect(await firstNameOf(victim)).toBeUndefined();
  });

  it.each<Record<string, string>>([{ "content-type": "text/plain" }, { "content-type": "application/x-www-form-urlencoded" }, { "content-type": "multipart/form-data; boundary=a" }, {}])(
    "that a browser sends without asking is refused, even for a query: %j",
    async (type) => {
      for (const headers of FOREIGN) {
        const response = await sendHttp(facade.url, { headers: page({ ...type, ...headers }), body: JSON.stringify({ query: WHOAMI }) });
        expect([response.status >= 400, JSON.stringify(response.body).includes(victim.id)]).toEqual([true, false]);
      }
    },
  );

  it("by GET executes no mutation, and no query of another site", async () => {
    const get = (query: string, headers: Record<string, string>) => sendHttp(facade.url, { method: "GET", path: `/graphql?query=${encodeURIComponent(query)}`, headers: page(headers) });
    expect((await get(change("Forged"), { origin: ORIGIN })).status).toBe(405);
    const foreign: Record<string, string>[] = [{ "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site", accept: "application/graphql-response+json" }, { origin: "https://evil.example" }];
    for (const headers of foreign) {
      expect(outcomeOf(await get(WHOAMI, headers))).toEqual([400, "BAD_REQUEST"]);
    }
    expect(await firstNameOf(victim)).toBeUndefined();
  });

  it("of a page of an allowed origin, or of this server, may change something, and a token needs no origin", async () => {
    const user = await createUser();
    const ways: Record<string, string>[] = [{ ...byCookie(user), origin: ORIGIN }, { ...byCookie(user), "sec-fetch-site": "same-origin" }, byToken(user), { authorization: `Bearer ${user.token}` }, { ...byToken(user), origin: "https://evil.example" }];
    for (const [at, headers] of ways.entries()) {
      expect((await post(change(`Ann ${at}`), headers)).body).toEqual({ data: { updateViewerTraits: { userErrors: [] } } });
      expect(await firstNameOf(user)).toBe(`Ann ${at}`);
    }
  });

  it("that is refused as forged does not count against the rate limit of the user", async () => {
    const at = await startFacade(kratos, { ...OPTIONS, rateLimit: { requests: 2, windowS: 60 } });
    for (let count = 0; count < 4; count++) {
      const forged = await sendHttp(at.url, { headers: page({ "content-type": "text/plain", origin: "https://evil.example" }), body: "{}" });
      expect(outcomeOf(forged)).toEqual([400, "BAD_REQUEST"]);
    }
    expect([await post(WHOAMI, byCookie(victim), at), await post(WHOAMI, byToken(victim), at), await post(WHOAMI, byCookie(victim), at)].map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it("is readable by the pages of allowed origins alone", async () => {
    const allowed = (headers: HttpResponse["headers"]) => [headers["access-control-allow-origin"], headers["access-control-allow-credentials"]];
    for (const origin of ["https://evil.example", "null", `${ORIGIN}.evil.example`]) {
      expect(allowed((await post(WHOAMI, page({ origin }))).headers)[0]).toBeUndefined();
      const preflight = await sendHttp(facade.url, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "x-session-token" } });
      expect(allowed(preflight.headers)[0]).toBeUndefined();
    }
    expect(allowed((await post(WHOAMI, page({ origin: ORIGIN }))).headers)).toEqual([ORIGIN, "true"]);
    const closed = await startFacade(kratos, { ...OPTIONS, corsOrigins: [] });
    expect(allowed((await post(WHOAMI, page({ origin: ORIGIN }), closed)).headers)).toEqual([undefined, undefined]);
  });
});

const { issuer, jwt } = useServers(async (cleanups) => {
  const key = await makeKey("one", "ES256");
  const issuer = cleanups.use(await startTokenIssuer(key));
  return { issuer, jwt: { token: await issuer.sign(key, { scope: "identities:read" }) } };
});
const withJwts = (): FacadeTestOptions => ({ ...OPTIONS, authentication: { ...OPTIONS.authentication, jwt: { issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl, clockToleranceS: 5 } } });

it("two credentials in one request are refused in every combination of their places, and Kratos is asked nothing", async () => {
  const at = await startFacade({ adminUrl: adminProxy.url, publicUrl: publicProxy.url }, withJwts());
  const sessions: Record<string, string>[] = [byToken(victim), { authorization: `Bearer ${victim.token}` }, byCookie(victim), byToken(attacker), byCookie(attacker)];
  const keys: Record<string, string>[] = [withKey, { authorization: `Bearer ${jwt.token}` }, { authorization: "Bearer unknown" }, { authorization: "Basic YTpi" }];
  const pairs = [...sessions.flatMap((one) => [...sessions, ...keys].map((other) => [one, other] as const))].filter(([one, other]) => Object.keys(one)[0] !== Object.keys(other)[0]);
  expect(pairs.length).toBeGreaterThan(20);
  for (const [one, other] of pairs) {
    const response = await post(WHOAMI, { ...one, ...other }, at);
    expect(outcomeOf(response)).toEqual([400, "BAD_REQUEST"]);
    expect(JSON.stringify(response.body)).not.toMatch(/kg_|ory_st_|eyJ/);
  }
  const three = await post(WHOAMI, { ...byToken(victim), ...byCookie(victim), ...withKey }, at);
  expect(outcomeOf(three)).toEqual([400, "BAD_REQUEST"]);
  expect((three.body as any).errors[0].message).toMatch(/Received the header X-Session-Token and the session cookie .* and the Authorization header\. To leave out the cookie in a browser, .* private window/);
  expect([adminProxy.take(), publicProxy.take()]).toEqual([[], []]);
});

describe("a credential in the place of another", () => {
  it("that is ours never gets to Kratos: an API key or a JWT as a session token or as a cookie", async () => {
    const at = await startFacade({ adminUrl: adminProxy.url, publicUrl: publicProxy.url }, withJwts());
    for (const secret of [all.key, jwt.token, createApiKey("old", ["identities:read"]).key]) {
      const places: Record<string, string>[] = [{ "x-session-token": secret }, { cookie: `${COOKIE}=${secret}` }, { cookie: `a=b; ${COOKIE}=${secret}` }];
      for (const headers of places) {
        expect(outcomeOf(await post(WHOAMI, headers, at))).toEqual([401, "UNAUTHENTICATED"]);
      }
    }
    expect([adminProxy.take(), publicProxy.take()]).toEqual([[], []]);
  });

  it("that is a session token is no API key, whether sessions are on or off", async () => {
    const off = await startFacade(kratos, { authentication: { apiKeys } });
    for (const headers of [{ authorization: `Bearer ${victim.token}` }, byToken(victim), byCookie(victim)]) expect(outcomeOf(await post(WHOAMI, headers, off))).toEqual([401, "UNAUTHENTICATED"]);
    // Kratos would take this one for a session, but only the header of sessions has tokens without the prefix.
    const unprefixed = victim.token.slice("ory_st_".length);
    for (const headers of [{ authorization: `Bearer ${unprefixed}` }, { authorization: victim.token }, { authorization: `Basic ${victim.token}` }]) {
      expect(outcomeOf(await post(WHOAMI, headers))).toEqual([401, "UNAUTHENTICATED"]);
    }
    expect(publicProxy.take()).toEqual([]);
  });

  it("gives an API key no viewer, and a session none of the scopes of a key", async () => {
    expect((await post("{ viewer { identity { id } } }", withKey)).body).toEqual({ data: { viewer: null } });
    expect(codesOf(await post("mutation { revokeOtherSessions { count } }", withKey))).toEqual(["FORBIDDEN"]);
    expect(codesOf(await post("{ identities { edges { node { id } } } }", byToken(victim)))).toEqual(["FORBIDDEN"]);
  });
});

describe("what gets to Kratos", () => {
  /** Of the server itself. The request ID is in Kratos' log. */
  const OWN = ["accept", "connection", "host", "x-request-id"];
  const NOISE = {
    cookie: "",
    origin: ORIGIN,
    referer: "https://app.example.com/secret",
    "user-agent": "canary-agent",
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-host": "evil.example",
    "x-real-ip": "203.0.113.7",
    "accept-language": "canary-language",
    "x-csrf-token": "canary-csrf",
    "x-kratos-authenticated-identity-id": randomUUID(),
    "proxy-authorization": "Basic canary",
  };

  it("is the one credential and no other header of the client", async () => {
    const user = await createUser();
    publicProxy.take();
    const noisy = { ...NOISE, cookie: `analytics=canary-1; csrf_token_ab=canary-2; ${user.cookie}; ory_kratos_continuity=canary-3; ory_kratos_session_2=canary-4` };
    const { cookie: _, ...withoutCookie } = { ...NOISE, ...byToken(user) };
    const clients: readonly [string, Record<string, string>][] = [["cookie", noisy], ["x-session-token", withoutCookie], ["x-session-token", { ...withoutCookie, "x-session-token": "", cookie: "a=canary", authorization: `Bearer ${user.token}` }]];
    for (const [name, headers] of clients) {
      expect((await post("{ viewer { identity { id } otherSessions { edges { cursor } } } }", headers)).body.errors).toBeUndefined();
      const sent = publicProxy.take();
      expect(sent.map(({ path }) => path.split("?")[0])).toEqual(["/sessions/whoami", "/sessions"]);
      for (const request of sent) {
        expect(Object.keys(request.headers).sort()).toEqual([...OWN, name].sort());
        expect(request.headers[name]).toBe(name === "cookie" ? user.cookie : user.token);
      }
    }
  });

  it("has beside it only the CSRF cookie and token of the flow that the server has started, for a change by cookie", async () => {
    const user = await createUser();
    publicProxy.take();
    await post(change("Ann"), { ...NOISE, cookie: `csrf_token_ab=canary-2; ${user.cookie}` });
    const sent = publicProxy.take();
    expect(sent.map(({ method, path }) => `${method} ${path.split("?")[0]}`)).toEqual(["GET /sessions/whoami", "GET /self-service/settings/browser", "POST /self-service/settings"]);
    expect(sent.map(({ headers }) => headers.cookie)).toEqual([user.cookie, user.cookie, expect.stringMatching(/^ory_kratos_session=[^;]+; csrf_token_\w+=[^;]+$/)]);
    expect(JSON.stringify(sent)).not.toMatch(/canary|203\.0\.113|evil/);
    for (const { headers } of sent) expect(headers.origin).toBeUndefined();
  });

  it.each<[string, readonly (readonly [string, string])[]]>([
    ["several X-Session-Token headers", [["x-session-token", "one"], ["x-session-token", "two"]]],
    ["a token with a comma", [["x-session-token", "one,two"]]],
    ["a token with a space", [["x-session-token", "one two"]]],
    ["a quoted token", [["x-session-token", '"one"']]],
    ["a token with a tab", [["x-session-token", "one\ttwo"]]],
    ["a token that is not ASCII", [["x-session-token", "\u00fcber"]]],
    ["a token of 12 kB", [["x-session-token", "x".repeat(12_000)]]],
    ["a cookie of 12 kB", [["cookie", `${COOKIE}=${"x".repeat(12_000)}`]]],
    ["a quoted cookie", [["cookie", `${COOKIE}="one"`]]],
    ["a cookie with a comma", [["cookie", `${COOKIE}=one,two`]]],
    ["a cookie with a space", [["cookie", `${COOKIE}=one two`]]],
    ["a cookie that is not ASCII", [["cookie", `${COOKIE}=\u00fcber`]]],
    ["an empty token", [["x-session-token", ""]]],
    ["an empty cookie", [["cookie", `${COOKIE}=`]]],
    ["a cookie without a value", [["cookie", COOKIE]]],
    ["a cookie with a longer name", [["cookie", `${COOKIE}_2=one; x_${COOKIE}=one`]]],
    ["a cookie in another case", [["cookie", `${COOKIE.toUpperCase()}=one`]]],
    ["a cookie in the value of another", [["cookie", `a="${COOKIE}=one"`]]],
    ["an empty token with an empty cookie", [["x-session-token", ""], ["cookie", `${COOKIE}=`]]],
  ])("is nothing for %s", async (_, headers) => {
    const { status, text } = await sendRaw(`${facade.url}/graphql`, "POST", [...Object.entries(JSON_TYPE), ...headers], JSON.stringify({ query: WHOAMI }));
    expect([status, JSON.parse(text).errors[0].extensions]).toEqual([401, { code: "UNAUTHENTICATED" }]);
    expect(publicProxy.take()).toEqual([]);
  });

  it("is never a header that Node refuses: 20 kB, or a control character", async () => {
    const big = await sendRaw(`${facade.url}/graphql`, "POST", [...Object.entries(JSON_TYPE), ["cookie", `${COOKIE}=${"x".repeat(20_000)}`]], "{}");
    expect(big.status).toBe(431);
    await expect(sendRaw(`${facade.url}/graphql`, "POST", [["x-session-token", "one\r\ncookie: x"]], "{}")).rejects.toThrow("Invalid character");
    expect(publicProxy.take()).toEqual([]);
  });

  it("is the first of several cookies of the name, as Kratos uses it, also of several headers", async () => {
    for (const headers of [[["cookie", `${victim.cookie}; ${attacker.cookie}`]], [["cookie", victim.cookie], ["cookie", attacker.cookie]], [["cookie", `${COOKIE}=; ${victim.cookie}`]]] as const) {
      const { text } = await sendRaw(`${facade.url}/graphql`, "POST", [...Object.entries(JSON_TYPE), ...headers], JSON.stringify({ query: WHOAMI }));
      const isEmpty = headers[0][1].startsWith(`${COOKIE}=;`);
      expect(JSON.parse(text)).toMatchObject(isEmpty ? { errors: [{ extensions: { code: "UNAUTHENTICATED" } }] } : { data: { viewer: { identity: { id: victim.id } } } });
    }
    expect(publicProxy.take().map(({ headers }) => headers.cookie)).toEqual([victim.cookie, victim.cookie]);
  });

  it("is the cookie of the configured name, and none if only tokens are accepted", async () => {
    const value = victim.cookie.slice(COOKIE.length + 1);
    const renamed = await startFacade({ adminUrl: adminProxy.url, publicUrl: publicProxy.url }, { ...OPTIONS, authentication: { apiKeys, sessions: { cookie: "__Host-login.v1" } } });
    expect((await post(WHOAMI, byCookie(victim), renamed)).status).toBe(401);
    expect(publicProxy.take()).toEqual([]);
    await post(WHOAMI, { cookie: `${victim.cookie}; __Host-login.v1=${value}` }, renamed);
    expect(publicProxy.take().map(({ headers }) => headers.cookie)).toEqual([`__Host-login.v1=${value}`]);
    const tokensOnly = await startFacade({ adminUrl: adminProxy.url, publicUrl: publicProxy.url }, { ...OPTIONS, authentication: { apiKeys, sessions: {} } });
    expect((await post(WHOAMI, byCookie(victim), tokensOnly)).status).toBe(401);
    expect(publicProxy.take()).toEqual([]);
    expect((await post(WHOAMI, { ...byCookie(victim), ...withKey }, tokensOnly)).body).toEqual({ data: { viewer: null } });
  });
});

describe("whoami", () => {
  it("is asked once for each request, also for an array of ten operations", async () => {
    const queries = Array.from({ length: 10 }, (_, at) => ({ query: `{ a${at}: viewer { identity { id } } b: viewer { session { id } } }` }));
    const { body } = await postJson(facade.url, queries, byToken(victim));
    expect(body.map(({ data }: any, at: number) => data[`a${at}`].identity.id)).toEqual(Array(10).fill(victim.id));
    expect(publicProxy.take().map(({ path }) => path)).toEqual(["/sessions/whoami"]);
  });

  it("is shared by equal requests at the same time, and not by others", async () => {
    const held: ServerResponse[] = [];
    const faulty = await stopAfterTest(startFaultyKratos());
    const at = await startFacade(faulty, OPTIONS);
    const [one, other] = [await createUser(faulty), await createUser(faulty)];
    await post(WHOAMI, byToken(one), at);
    faulty.fault = { do: (response) => void held.push(response), to: (line) => line === "GET /sessions/whoami" };
    // The same text as a token and as a cookie is not the same credential.
    const clients: Record<string, string>[] = [byToken(one), byToken(one), { authorization: `Bearer ${one.token}` }, byToken(other), byCookie(one), { cookie: `${COOKIE}=${one.token}` }, { "x-session-token": `${COOKIE}=${one.token}` }];
    const answers = clients.map((headers) => post(WHOAMI, headers, at));
    await eventually("five requests have arrived", () => held.length === 5);
    const identity = (id: string) => ({ id, schema_id: "default", schema_url: "", traits: {} });
    const ids = held.map(() => randomUUID());
    held.forEach((response, index) => response.writeHead(200, JSON_TYPE).end(JSON.stringify({ id: randomUUID(), identity: identity(ids[index]!) })));
    const found = (await Promise.all(answers)).map(({ body }) => body.data.viewer.identity.id);
    expect(new Set(found.slice(0, 3)).size).toBe(1);
    expect(new Set(found).size).toBe(5);
    faulty.fault = undefined;
  });

  it("is asked again for each request, so that a revoked session fails at the next one", async () => {
    const user = await createUser();
    for (const headers of [byToken(user), byCookie(user)]) expect((await post(WHOAMI, headers)).status).toBe(200);
    await fetch(`${kratos.adminUrl}/admin/identities/${user.id}/sessions`, { method: "DELETE" });
    for (const headers of [byToken(user), byCookie(user)]) expect(outcomeOf(await post(WHOAMI, headers))).toEqual([401, "UNAUTHENTICATED"]);
  });
});
