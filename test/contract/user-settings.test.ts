/* How users change their own settings by Kratos' flows, without the facade: the fake must answer like the real one. */
import { compare } from "semver";
import { logInBrowser, startApiFlow, UNKNOWN_ID } from "../support/kratos-api.js";
import { byToken, useUsers, type Answer } from "../support/kratos-users.js";

const { kratos, send, whoami, createUser, version } = useUsers();
let since: (first: string) => boolean;
let isOld: boolean;

beforeAll(async () => {
  const current = await version();
  since = (first) => compare(current, first) >= 0;
  isOld = !since("v0.7.0");
});

describe("settings of an app", () => {
  const start = (token: string) => startApiFlow(kratos, "settings", token);
  const submit = async (token: string, traits: object, headers: Record<string, string> = {}) =>
    send(`POST ${(await start(token)).ui.action}`, { ...byToken(token), ...headers }, { method: "profile", traits });
  /** The messages of a form, by the inputs that they are at; `ui` for those at none. */
  const messagesOf = ({ json }: Answer): Record<string, string[]> => {
    const nodes = json.ui.nodes.filter(({ messages }: any) => messages?.length > 0);
    const entries = nodes.map(({ attributes, messages }: any) => [attributes.name, messages.map(({ text }: any) => text)]);
    // v26 has this one in every form.
    const ui = (json.ui.messages ?? []).filter(({ id }: any) => id !== 4000009).map(({ text }: any) => text);
    return Object.fromEntries([...entries, ...(ui.length > 0 ? [["ui", ui]] : [])]);
  };

  it("replace all traits, and in newer versions leave empty objects of those that are missing", async () => {
    const { id, email, token } = await createUser({ name: { first: "Ada" }, age: 3, tags: ["a"] });
    const answer = await submit(token, { email, age: 4 });
    const flow = isOld ? answer.json.flow : answer.json;
    expect(flow).toMatchObject({ state: "success", type: "api", ui: { messages: [{ id: 1050001 }] } });
    const traits = since("v1.0.0") ? { email, age: 4, name: {} } : { email, age: 4 };
    expect(answer.json.identity).toMatchObject({ id, traits });
    expect(answer.json.identity).not.toHaveProperty("metadata_admin");
    expect((await whoami(byToken(token))).json.identity.traits).toEqual(traits);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it("have messages at the inputs of invalid traits, and change nothing", async () => {
    const { email, token } = await createUser({ tags: ["a"] });
    const invalid = { email: "x", name: { first: "", nick: "A" }, age: -1, tags: ["ok", "x".repeat(30), 3], color: 1, size: 2 };
    const answer = await submit(token, invalid);
    expect(answer.status).toBe(400);
    expect(answer.json.state).toBe("show_form");
    const noEmail = since("v26.0.0") ? "Enter a valid email address" : '"x" is not valid "email"';
    const { traits, ...others } = messagesOf(answer);
    expect(traits).toEqual([expect.stringMatching(/^additionalProperties ("color", "size"|"size", "color") not allowed$/)]);
    expect(others).toEqual({
      "traits.email": [noEmail, "length must be >= 3, but got 1"],
      "traits.name": ['additionalProperties "nick" not allowed'],
      "traits.name.first": ["length must be >= 1, but got 0"],
      "traits.age": ["must be >= 0 but found -1"],
      "traits.tags.1": ["length must be <= 20, but got 30"],
      "traits.tags.2": ["expected string, but got number"],
    });
    expect(messagesOf(await submit(token, { name: "A", age: 1.5, tags: "b" }))).toEqual({
      "traits.email": ["Property email is missing."],
      "traits.name": ["expected object, but got string"],
      "traits.age": ["expected integer, but got number"],
      "traits.tags": ["expected array, but got string"],
    });
    expect((await whoami(byToken(token))).json.identity.traits).toMatchObject({ email, tags: ["a"] });
  });

  it("have a message about an email that someone else has", async () => {
    const [{ token }, { email }] = [await createUser(), await createUser()];
    const answer = await submit(token, { email });
    expect([answer.status, messagesOf(answer)]).toEqual([400, { ui: ["An account with the same identifier (email, phone, username, ...) exists already."] }]);
  });

  it("are refused with a header that only browsers send, and without the method", async () => {
    const { email, token } = await createUser();
    for (const [header, value] of [["cookie", "a=b"], ["origin", "https://app.example.com"]] as const) {
      const answer = await submit(token, { email }, { [header]: value });
      const text = expect.stringContaining(`included the "${header[0]!.toUpperCase()}${header.slice(1)}" key`);
      expect([answer.status, messagesOf(answer)]).toEqual([400, { ui: [text] }]);
    }
    const { ui } = await start(token);
    const answer = await send(`POST ${ui.action}`, byToken(token), { traits: { email } });
    expect([answer.status, messagesOf(answer)]).toEqual([400, { ui: ["Could not find a strategy to update your settings. Did you fill out the form correctly?"] }]);
  });

  it("belong to one user, and need their session", async () => {
    const [{ token, email }, stranger] = [await createUser(), await createUser()];
    const { ui } = await start(token);
    const body = { method: "profile", traits: { email: `stolen.${email}` } };
    const foreign = await send(`POST ${ui.action}`, byToken(stranger.token), body);
    if (since("v1.3.0")) expect(foreign).toMatchObject({ status: 403, json: { error: { id: "security_identity_mismatch" } } });
    else expect([foreign.status, messagesOf(foreign)["ui"]]).toEqual([400, [expect.stringMatching(/initiated by another person/)]]);
    expect((await send(`POST ${ui.action}`, {}, body)).status).toBe(401);
    expect((await send(`POST ${ui.action.replace(/flow=.*/, `flow=${UNKNOWN_ID}`)}`, byToken(token), body)).status).toBe(404);
    expect((await send(`POST ${ui.action.replace(/flow=.*/, "flow=abc")}`, byToken(token), body)).status).toBe(400);
    expect((await whoami(byToken(token))).json.identity.traits).toMatchObject({ email });
    const none = await send("GET /self-service/settings/api", byToken("nobody"));
    expect([none.status, none.json.error.id]).toEqual(isOld ? [403, undefined] : [401, "session_inactive"]);
  });
});

describe("settings of a browser", () => {
  /** Starts a flow, and reads it if v0.6.3 redirects to its page. @returns it, and all cookies of the browser */
  async function start(cookie: string): Promise<{ flow: any; cookie: string; set: string[] }> {
    const started = await send("GET /self-service/settings/browser", { cookie });
    const set = started.headers.getSetCookie();
    const all = [cookie, ...set.map((line) => line.split(";")[0])].join("; ");
    if (!isOld) return { flow: started.json, cookie: all, set };
    expect(started.status).toBe(302);
    const id = new URL(started.headers.get("location")!).searchParams.get("flow");
    return { flow: (await send(`GET /self-service/settings/flows?id=${id}`, { cookie: all })).json, cookie: all, set };
  }
  const csrfTokenOf = (flow: any): string => flow.ui.nodes.find(({ attributes }: any) => attributes.name === "csrf_token").attributes.value;
  /** The cookie of the session alone. */
  const sessionIn = (cookies: string): string => /ory_kratos_session=[^;]+/.exec(cookies)![0];

  it("start with the cookie of the session alone, and set the other one", async () => {
    const { id, email } = await createUser();
    const { flow, cookie, set } = await start(await logInBrowser(kratos, email));
    expect(flow).toMatchObject({ type: "browser", state: "show_form", identity: { id } });
    expect(set).toEqual([expect.stringMatching(isOld ? /^\w+_csrf_token=\S+; / : /^csrf_token_[0-9a-f]{64}=\S+; /)]);
    expect((await start(cookie)).set).toEqual([]);
  });

  it("are saved with both cookies and the token of the form, and newer versions issue another cookie of the session", async () => {
    const { email } = await createUser();
    const { flow, cookie } = await start(await logInBrowser(kratos, email));
    const body = { method: "profile", csrf_token: csrfTokenOf(flow), traits: { email, age: 5 } };
    const saved = await send(`POST ${flow.ui.action}`, { cookie }, body);
    expect(saved.status).toBe(200);
    expect((isOld ? saved.json : saved.json.identity).traits).toMatchObject({ email, age: 5 });
    const [reissued, ...others] = saved.headers.getSetCookie();
    expect(others).toEqual([]);
    if (isOld) return expect(reissued).toBeUndefined();
    expect(saved.json.state).toBe("success");
    if (since("v1.3.0")) expect(saved.json.continue_with).toMatchObject([{ action: "redirect_browser_to" }]);
    expect(sessionIn(reissued!)).not.toBe(sessionIn(cookie));
    for (const each of [reissued!, cookie]) expect((await whoami({ cookie: sessionIn(each) })).json.identity.traits.age).toBe(5);
  });

  it("have messages at the inputs of invalid traits, to which v0.6.3 redirects", async () => {
    const { email } = await createUser();
    const { flow, cookie } = await start(await logInBrowser(kratos, email));
    const refused = await send(`POST ${flow.ui.action}`, { cookie }, { method: "profile", csrf_token: csrfTokenOf(flow), traits: { email, age: -1 } });
    expect(refused.status).toBe(isOld ? 302 : 400);
    if (isOld) expect(refused.headers.get("location")).toContain(`/settings?flow=${flow.id}`);
    const form = isOld ? (await send(`GET /self-service/settings/flows?id=${flow.id}`, { cookie })).json : refused.json;
    const age = form.ui.nodes.find(({ attributes }: any) => attributes.name === "traits.age");
    expect(age.messages).toMatchObject([{ text: "must be >= 0 but found -1" }]);
  });

  it("are refused without the token of the form, its cookie or the session, and from another user", async () => {
    const [{ email, token }, stranger] = [await createUser(), await createUser()];
    const { flow, cookie } = await start(await logInBrowser(kratos, email));
    const body = { method: "profile", csrf_token: csrfTokenOf(flow), traits: { email: `stolen.${email}` } };
    const { csrf_token: _, ...withoutToken } = body;
    const post = (headers: Record<string, string>, sent: object = body) => send(`POST ${flow.ui.action}`, headers, sent);
    for (const refused of [await post({ cookie }, withoutToken), await post({ cookie: sessionIn(cookie) }), await post(byToken(token))]) {
      if (isOld) expect([refused.status, refused.headers.get("location")]).toEqual([302, expect.stringMatching(/\/error\?error=/)]);
      else expect(refused).toMatchObject({ status: 403, json: { error: { id: "security_csrf_violation" } } });
    }
    const foreign = await post({ cookie: await logInBrowser(kratos, stranger.email) });
    if (isOld) expect([foreign.status, foreign.headers.get("location")]).toEqual([302, expect.stringMatching(/\/settings\?flow=/)]);
    else expect(foreign.status).toBe(since("v1.3.0") ? 403 : 400);
    expect((await post({ cookie: cookie.replace(/ory_kratos_session=[^;]+/, "a=b") })).status).toBe(401);
    expect((await whoami({ cookie })).json.identity.traits.email).toBe(email);
  });
});
