import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { GetViewerDocument, ListOtherSessionsDocument, RevokeOtherSessionsDocument, RevokeOwnSessionDocument, UpdateViewerTraitsDocument } from "../generated/operations.js";
import { deleteIdentities, logIn, logInBrowser, PASSWORD, patchIdentity, readIdentity, signUp, UNKNOWN_ID } from "../support/kratos-api.js";
import { describeShortLived, featuresOf, startKratos, startShortLivedKratos, type KratosUnderTest } from "../support/kratos-under-test.js";
import { codeOf, dataOf, useFacade, useRecordedFacade } from "../support/use-facade.js";

const COOKIE = "ory_kratos_session";
const ORIGIN = "https://app.example.com";
const options = { authentication: { apiKeys: [], sessions: { cookie: COOKIE } }, corsOrigins: [ORIGIN] } as const;

const { kratos, facade, adminProxy, cleanups } = useRecordedFacade(startKratos, options);
let hasOwnSessions: boolean;

beforeAll(async () => {
  hasOwnSessions = (await featuresOf(kratos)).ownSessions;
});

interface User {
  readonly id: string;
  readonly email: string;
  readonly token: string;
  /** Headers of each kind of client. */
  readonly clients: readonly Record<string, string>[];
}

/** A user with two sessions, one of an app and one of a browser. */
async function createUser(at: KratosUnderTest = kratos, own = cleanups): Promise<User> {
  const email = `${randomUUID()}@viewer.example.com`;
  const { identityId: id, sessionToken: token } = await signUp(at, { email, name: { first: "Ann", last: "Bee" } });
  own.defer(() => deleteIdentities(at, [id]));
  return { id, email, token, clients: [{ "x-session-token": token }, { cookie: await logInBrowser(at, email), origin: ORIGIN }] };
}

const INVALID = (...path: string[]) => expect.objectContaining({ code: "INVALID", path: ["input", ...path] });
const send = (body: object, headers: Record<string, string>) =>
  fetch(`${facade.url}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });

it("shows users themselves and their session, by the token of an app and by the cookie of a browser", async () => {
  const { id, email, token, clients } = await createUser();
  for (const headers of clients) {
    const { viewer } = dataOf(await facade.ask(GetViewerDocument, {}, headers));
    expect(viewer!.identity).toMatchObject({ id, traits: { email, name: { first: "Ann", last: "Bee" } }, verifiableAddresses: [{ value: email }] });
    expect(viewer!.session).toMatchObject({ active: true, devices: hasOwnSessions ? [expect.anything()] : [] });
    expect(Date.parse(viewer!.session.expiresAt!)).toBeGreaterThan(Date.now());
  }
  // Earlier tokens look like anything else that can be a Bearer.
  if (!token.startsWith("ory_st_")) return;
  const bearer = dataOf(await facade.ask(GetViewerDocument, {}, { authorization: `Bearer ${token}` }));
  expect(bearer.viewer!.identity.id).toBe(id);
});

it("asks the admin API nothing about the user but Kratos' version, and relays no cookie of Kratos", async () => {
  const { clients } = await createUser();
  for (const headers of clients) {
    adminProxy.take();
    const response = await send({ query: "{ viewer { identity { id traits state metadataPublic verifiableAddresses { value } recoveryAddresses { value } } session { id devices { id } } } }" }, headers);
    expect(await response.json()).toEqual({ data: { viewer: expect.anything() } });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(adminProxy.take()).toEqual([]);
  }
});

it("answers a missing, an unknown, a revoked and a deleted session, and that of an inactive user, in one and the same way", async () => {
  const [inactive, deleted] = [await createUser(), await createUser()];
  await deleteIdentities(kratos, [deleted.id]);
  const refused = [{}, { "x-session-token": "unknown" }, { cookie: `${COOKIE}=unknown` }, ...deleted.clients];
  if (hasOwnSessions) {
    const revoked = await createUser();
    const [app, browser] = revoked.clients;
    dataOf(await facade.ask(RevokeOtherSessionsDocument, {}, app));
    refused.push(browser!, { authorization: "Bearer ory_st_unknown" });
    await patchIdentity(kratos, inactive.id, [{ op: "replace", path: "/state", value: "inactive" }]);
    refused.push(...inactive.clients);
  }
  const texts = await Promise.all(
    refused.map(async (headers) => {
      const response = await send({ query: "{ viewer { identity { id } } }" }, headers);
      expect([response.status, response.headers.get("www-authenticate"), response.headers.getSetCookie()]).toEqual([401, 'Bearer realm="kratos-graphql"', []]);
      return response.text();
    }),
  );
  expect(new Set(texts).size).toBe(1);
  expect(JSON.parse(texts[0]!).errors[0].extensions).toEqual({ code: "UNAUTHENTICATED" });
});

it("merges traits into those of the user, who sees them in the rest of the request", async () => {
  const { id, email, clients } = await createUser();
  for (const [index, headers] of clients.entries()) {
    const { updateViewerTraits } = dataOf(await facade.ask(UpdateViewerTraitsDocument, { input: { traits: { name: { last: `Cee ${index}` } } } }, headers));
    expect(updateViewerTraits).toMatchObject({ userErrors: [], viewer: { identity: { id, traits: { email, name: { first: "Ann", last: `Cee ${index}` } } } } });
  }
  expect((await readIdentity(kratos, id)).traits).toEqual({ email, name: { first: "Ann", last: "Cee 1" } });
});

it("relays the session cookie that Kratos reissues after a change, and no other cookie", async () => {
  const { clients: [, browser] } = await createUser();
  const query = "mutation { updateViewerTraits(input: { traits: { age: 30 } }) { userErrors { message } } }";
  const response = await send({ query }, browser!);
  expect(await response.json()).toEqual({ data: { updateViewerTraits: { userErrors: [] } } });
  const names = response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]);
  expect(names).toEqual(hasOwnSessions ? [COOKIE] : []);
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0];
  if (cookie) expect((await send({ query: "{ viewer { session { id } } }" }, { cookie })).status).toBe(200);
});

it("reports faults at the traits that have them", async () => {
  const { id, email, clients } = await createUser();
  const traits = { email: "nope", name: { first: 3 }, tags: ["one", 2], shoeSize: 43 };
  for (const headers of clients) {
    const { updateViewerTraits } = dataOf(await facade.ask(UpdateViewerTraitsDocument, { input: { traits } }, headers));
    expect(updateViewerTraits!.viewer).toBeNull();
    for (const path of [["email"], ["name", "first"], ["tags", "1"], ["shoeSize"]]) expect(updateViewerTraits!.userErrors).toContainEqual(INVALID("traits", ...path));
    const missing = dataOf(await facade.ask(UpdateViewerTraitsDocument, { input: { traits: { email: null } } }, headers));
    expect(missing.updateViewerTraits!.userErrors).toEqual([INVALID("traits", "email")]);
  }
  expect((await readIdentity(kratos, id)).traits.email).toBe(email);
});

it("reports that another user has the identifier", async () => {
  const [{ clients }, other] = [await createUser(), await createUser()];
  for (const headers of clients) {
    const { updateViewerTraits } = dataOf(await facade.ask(UpdateViewerTraitsDocument, { input: { traits: { email: other.email } } }, headers));
    expect(updateViewerTraits!.userErrors).toEqual([expect.objectContaining({ code: "CONFLICT" })]);
  }
});

it("lists the other sessions of the user, each once on pages of any size", async () => {
  const { email, clients: [app] } = await createUser();
  if (!hasOwnSessions) return void expect(codeOf(await facade.ask(ListOtherSessionsDocument, {}, app))).toBe("UNSUPPORTED_BY_KRATOS");
  for (let count = 0; count < 3; count++) await logIn(kratos, email, PASSWORD);
  const all = dataOf(await facade.ask(ListOtherSessionsDocument, {}, app)).viewer!.otherSessions!;
  expect(all.edges).toHaveLength(4);
  expect(all.edges.every(({ node }) => node.active)).toBe(true);
  expect(all.pageInfo.hasNextPage).toBe(false);
  for (const first of [1, 2, 3]) {
    const ids: string[] = [];
    for (let after: string | undefined | null; after !== null; ) {
      const page = dataOf(await facade.ask(ListOtherSessionsDocument, { first, after }, app)).viewer!.otherSessions!;
      ids.push(...page.edges.map(({ node }) => node.id));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor! : null;
    }
    expect(ids).toEqual(all.edges.map(({ node }) => node.id));
  }
});

describe("revoking sessions of one's own", () => {
  it("ends one, or all others, and not the one that the request is sent with", async () => {
    const { email, clients: [app, browser] } = await createUser();
    if (!hasOwnSessions) {
      const { revokeOtherSessions } = dataOf(await facade.ask(RevokeOtherSessionsDocument, {}, app));
      return expect(revokeOtherSessions!.userErrors).toEqual([expect.objectContaining({ code: "UNSUPPORTED" })]);
    }
    await logIn(kratos, email, PASSWORD);
    const own = dataOf(await facade.ask(GetViewerDocument, {}, browser)).viewer!.session.id;
    const revoked = dataOf(await facade.ask(RevokeOwnSessionDocument, { input: { id: own } }, app));
    expect(revoked.revokeSession).toEqual({ revokedSessionId: own, userErrors: [] });
    expect((await send({ query: "{ viewer { session { id } } }" }, browser!)).status).toBe(401);

    const current = dataOf(await facade.ask(GetViewerDocument, {}, app)).viewer!.session.id;
    const refused = dataOf(await facade.ask(RevokeOwnSessionDocument, { input: { id: current } }, app));
    expect(refused.revokeSession).toEqual({ revokedSessionId: null, userErrors: [INVALID("id")] });

    const { revokeOtherSessions } = dataOf(await facade.ask(RevokeOtherSessionsDocument, {}, app));
    expect(revokeOtherSessions).toEqual({ count: expect.any(Number), userErrors: [] });
    expect(revokeOtherSessions!.count).toBeGreaterThanOrEqual(1);
    expect(dataOf(await facade.ask(ListOtherSessionsDocument, {}, app)).viewer!.otherSessions!.edges).toEqual([]);
  });

  it("succeeds for an unknown session and for that of another user, and does nothing", async () => {
    const [{ clients: [app] }, other] = [await createUser(), await createUser()];
    if (!hasOwnSessions) return;
    const { id } = dataOf(await facade.ask(GetViewerDocument, {}, other.clients[0]!)).viewer!.session;
    for (const input of [{ id: UNKNOWN_ID }, { id }]) {
      expect(dataOf(await facade.ask(RevokeOwnSessionDocument, { input }, app)).revokeSession).toEqual({ revokedSessionId: input.id, userErrors: [] });
    }
    expect(dataOf(await facade.ask(GetViewerDocument, {}, other.clients[0]!)).viewer!.session.id).toBe(id);
    const malformed = dataOf(await facade.ask(RevokeOwnSessionDocument, { input: { id: "nonsense" } }, app));
    expect(malformed.revokeSession!.userErrors).toEqual([expect.objectContaining({ code: "NOT_FOUND" })]);
  });
});

describeShortLived("of a Kratos that soon asks for another sign-in, and for the second factor of who has one", () => {
  const { kratos: strict, facade: strictFacade, cleanups: strictCleanups } = useFacade(startShortLivedKratos, options);

  it("changes an identifier only after a recent sign-in, and other traits at any time", async () => {
    const { clients } = await createUser(strict, strictCleanups);
    await sleep(1_200);
    for (const [index, headers] of clients.entries()) {
      const other = dataOf(await strictFacade.ask(UpdateViewerTraitsDocument, { input: { traits: { name: { last: "Dee" } } } }, headers));
      expect(other.updateViewerTraits!.userErrors).toEqual([]);
      const reply = await strictFacade.ask(UpdateViewerTraitsDocument, { input: { traits: { email: `${randomUUID()}@viewer.example.com` } } }, headers);
      const newFlowPath = `/self-service/login/${index === 0 ? "api" : "browser"}?refresh=true`;
      expect(reply.errors).toEqual([expect.objectContaining({ path: ["updateViewerTraits"], extensions: expect.objectContaining({ code: "FORBIDDEN", reason: "session_refresh_required", newFlowPath }) })]);
    }
  });

  it("refuses a session without the second factor, and says where to complete it", async () => {
    const { patch } = await featuresOf(strict);
    if (!patch) return;
    const { id, clients } = await createUser(strict, strictCleanups);
    const totp = { type: "totp", identifiers: [id], config: { totp_url: "otpauth://totp/test?secret=JBSWY3DPEHPK3PXP" } };
    await patchIdentity(strict, id, [{ op: "add", path: "/credentials/totp", value: totp }]);
    for (const [index, headers] of clients.entries()) {
      const response = await fetch(`${strictFacade.url}/graphql`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: '{"query":"{ viewer { identity { id } } }"}' });
      expect(response.status).toBe(403);
      const { errors } = (await response.json()) as any;
      const newFlowPath = `/self-service/login/${index === 0 ? "api" : "browser"}?aal=aal2`;
      expect(errors).toEqual([{ message: expect.any(String), extensions: { code: "FORBIDDEN", reason: "session_aal2_required", requiredAal: "aal2", newFlowPath } }]);
    }
  });
});
