/* What users ask Kratos for with their own sessions, without the facade: the fake must answer like the real one. */
import { compare } from "semver";
import { FIRST_VERSION } from "../../src/kratos/features.js";
import { deleteIdentities, logIn, logInBrowser, patchIdentity, UNKNOWN_ID } from "../support/kratos-api.js";
import { byToken, useUsers } from "../support/kratos-users.js";

const { kratos, send, whoami, createUser, signInAgain, version } = useUsers();
let since: (first: string) => boolean;
let isOld: boolean;

beforeAll(async () => {
  const current = await version();
  since = (first) => compare(current, first) >= 0;
  isOld = !since("v0.7.0");
});

describe("whoami", () => {
  it("is answered with a session token in two headers, and with a session cookie", async () => {
    const { id, email, token } = await createUser();
    const cookie = await logInBrowser(kratos, email);
    for (const headers of [byToken(token), { authorization: `Bearer ${token}` }, { authorization: `bearer ${token}` }, { cookie }] as Record<string, string>[]) {
      const { status, json } = await whoami(headers);
      expect([status, json?.identity.id]).toEqual([200, id]);
      expect(json).toMatchObject({ id: expect.any(String), active: true, authenticated_at: expect.any(String), identity: { traits: { email } } });
    }
  });

  it("has no metadata for admins, and in v0.6.3 neither devices nor an assurance level", async () => {
    const { id, token } = await createUser();
    if (!isOld) await patchIdentity(kratos, id, [{ op: "add", path: "/metadata_admin", value: { note: "vip" } }]);
    const { json } = await whoami(byToken(token));
    expect(json.identity).not.toHaveProperty("metadata_admin");
    if (isOld) return expect(Object.keys(json).sort()).toEqual(["active", "authenticated_at", "expires_at", "id", "identity", "issued_at"]);
    expect(json).toMatchObject({
      authenticator_assurance_level: "aal1",
      authentication_methods: [{ method: "password", aal: "aal1" }],
      devices: [{ id: expect.any(String), ip_address: expect.stringContaining("127.0.0.1") }],
      identity: { state: "active", metadata_public: null },
    });
  });

  it("takes the token in X-Session-Token before the cookie, and the cookie before a Bearer token", async () => {
    const [anna, bert] = [await createUser(), await createUser()];
    const cookie = await logInBrowser(kratos, anna.email);
    const userOf = async (headers: Record<string, string>) => (await whoami(headers)).json.identity?.id;
    expect(await userOf({ cookie, ...byToken(bert.token) })).toBe(bert.id);
    expect(await userOf({ cookie, authorization: `Bearer ${bert.token}` })).toBe(anna.id);
    expect(await userOf({ ...byToken(bert.token), authorization: `Bearer ${anna.token}` })).toBe(bert.id);
    expect((await whoami({ cookie, ...byToken("nobody") })).status).toBe(401);
    expect(await userOf({ cookie, authorization: "Bearer nobody" })).toBe(anna.id);
    expect(await userOf({ cookie, ...byToken("") })).toBe(anna.id);
  });

  it("gives one answer for no session, an unknown one, and those of inactive and deleted identities", async () => {
    const [deleted, inactive] = [await createUser(), await createUser()];
    await deleteIdentities(kratos, [deleted.id]);
    if (!isOld) await patchIdentity(kratos, inactive.id, [{ op: "replace", path: "/state", value: "inactive" }]);
    const tokens = ["nobody", deleted.token, ...(isOld ? [] : [inactive.token])];
    const answers = [await whoami(), await whoami({ authorization: "Bearer nobody" }), await whoami({ cookie: "ory_kratos_session=nothing" })];
    for (const token of tokens) answers.push(await whoami(byToken(token)));
    const reason = isOld ? "No valid session cookie found." : "No valid session credentials found in the request.";
    for (const { status, json } of answers) {
      expect([status, json]).toEqual([401, { error: { code: 401, status: "Unauthorized", reason, message: "The request could not be authorized" } }]);
    }
  });

  it("sets a cookie in v0.6.3 only, even for an app", async () => {
    const { token } = await createUser();
    const names = (await whoami(byToken(token))).headers.getSetCookie().map((line) => line.split("=")[0]);
    expect(names).toEqual(isOld ? [expect.stringMatching(/_csrf_token$/)] : []);
  });

  it("is refused to a user who has a second factor and has not shown it", async () => {
    // A patch cannot add one before.
    if (!since("v1.0.0")) return;
    const { id, email, token } = await createUser();
    await signInAgain(email);
    const totp = { type: "totp", identifiers: [id], config: { totp_url: "otpauth://totp/a?secret=JTUGFL54RVSUAWNZ" } };
    await patchIdentity(kratos, id, [{ op: "add", path: "/credentials/totp", value: totp }]);
    const login = { redirect_browser_to: expect.stringMatching(/^http.*\/self-service\/login\/browser\?aal=aal2$/) };
    const error = expect.objectContaining({ code: 403, id: "session_aal2_required", details: login });
    for (const route of ["GET /sessions/whoami", "GET /self-service/settings/api"]) {
      expect((await send(route, byToken(token))).json).toEqual({ error, ...login });
    }
    // The user can still sign out elsewhere.
    expect((await send("DELETE /sessions", byToken(token))).json).toEqual({ count: 1 });
  });
});

it("does not serve sessions of users on the admin port", async () => {
  const { token } = await createUser();
  const { status } = await send(`GET ${kratos.adminUrl}/sessions/whoami`, byToken(token));
  expect(status).toBe(isOld ? 404 : 307);
});

describe("one's own sessions", () => {
  it("are listed without the current one, the latest first, in pages that count from 1", async () => {
    const { email, token, id } = await createUser();
    const others = [await signInAgain(email), await signInAgain(email), await signInAgain(email)].map((each) => each.id).reverse();
    const list = async (query: string) => send(`GET /sessions${query}`, byToken(token));
    if (isOld) return expect((await list("")).status).toBeGreaterThan(400);
    const all = await list("");
    const ids: string[] = all.json.map((session: any) => session.id);
    if (!since(FIRST_VERSION.sessionOrder)) return expect(ids.sort()).toEqual(others.sort());
    expect(ids).toEqual(others);
    expect(all.json[0]).toMatchObject({ active: true, devices: [{ location: "" }], identity: { id, schema_url: "" } });
    expect(all.headers.get("link")).toMatch(/^<\/sessions\?page=0&page_size=3&page_token=\w+&per_page=3>; rel="first"$/);
    const pages = [await list("?per_page=2"), await list("?per_page=2&page=1"), await list("?per_page=2&page=2"), await list("?per_page=2&page=3")];
    expect(pages.map(({ json }) => json.map((session: any) => session.id))).toEqual([others.slice(0, 2), others.slice(0, 2), others.slice(2), []]);
    for (const { headers } of pages) expect(headers.get("x-total-count")).toBe("3");
    // The header believes that page 1 is the second one.
    expect(pages.map(({ headers }) => headers.get("link")!.match(/(?<=rel=")\w+/g))).toEqual([["next", "last"], ["first", "prev"], ["first", "prev"], ["first", "prev"]]);
  });

  it("are revoked one by one, except the current one, and without a word about those of others", async () => {
    if (isOld) return;
    const [{ email, token }, stranger] = [await createUser(), await createUser()];
    const other = await signInAgain(email);
    const own = (await whoami(byToken(token))).json.id;
    const foreign = (await whoami(byToken(stranger.token))).json.id;
    const revoke = (id: string) => send(`DELETE /sessions/${id}`, byToken(token));
    for (const id of [own, own.toUpperCase()]) {
      expect(await revoke(id)).toMatchObject({ status: 400, json: { error: { code: 400, message: "cannot revoke current session" } } });
    }
    for (const id of [other.id, other.id, UNKNOWN_ID, foreign]) expect((await revoke(id)).status).toBe(204);
    expect((await revoke("abc")).status).toBe(400);
    expect([(await whoami(byToken(token))).status, (await whoami(byToken(other.token))).status, (await whoami(byToken(stranger.token))).status]).toEqual([200, 401, 200]);
    expect((await send("GET /sessions", byToken(token))).json).toEqual([]);
  });

  it("are revoked at once except the current one, and revoked ones count again", async () => {
    if (isOld) return;
    const { email, token } = await createUser();
    const others = [await signInAgain(email), await signInAgain(email)];
    for (let time = 0; time < 2; time++) expect(await send("DELETE /sessions", byToken(token))).toMatchObject({ status: 200, json: { count: 2 } });
    for (const other of others) expect((await whoami(byToken(other.token))).status).toBe(401);
    expect((await whoami(byToken(token))).status).toBe(200);
  });

  it("need a session", async () => {
    if (isOld) return;
    for (const route of ["GET /sessions", "DELETE /sessions", `DELETE /sessions/${UNKNOWN_ID}`]) {
      expect(await send(route)).toMatchObject({ status: 401, json: { error: { code: 401, reason: "No valid session cookie found." } } });
    }
  });
});

it("refuses a wrong password with a message, and signs out with the token of the session", async () => {
  const { email } = await createUser();
  expect(await logIn(kratos, email, "wrong")).toBe(400);
  if (isOld) return;
  const cookie = await logInBrowser(kratos, email);
  const { json } = await send("GET /self-service/logout/browser", { cookie });
  expect((await send("GET /self-service/logout?token=abc", { cookie })).status).toBe(403);
  const left = await send(`GET /self-service/logout?token=${json.logout_token}`, { cookie });
  expect([left.status, left.headers.getSetCookie()]).toEqual([204, expect.arrayContaining([expect.stringMatching(/^ory_kratos_session=.*Max-Age=0/)])]);
  expect((await whoami({ cookie })).status).toBe(401);
});
