import { UpdateViewerTraitsDocument } from "../generated/operations.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { logInBrowser, signUp } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade } from "../support/use-facade.js";

const COOKIE = "ory_kratos_session";
const ORIGIN = "https://app.example.com";
const options = { authentication: { apiKeys: [], sessions: { cookie: COOKIE } }, corsOrigins: [ORIGIN] } as const;

it("says that the method for changes of traits is disabled, by token and by cookie", async () => {
  const kratos = await stopAfterTest(startFakeKratos({ profile: false }));
  const facade = await startFacade(kratos, options);
  const email = "ann@viewer.example.com";
  const { sessionToken } = await signUp(kratos, { email });
  for (const headers of [{ "x-session-token": sessionToken }, { cookie: await logInBrowser(kratos, email), origin: ORIGIN }] as Record<string, string>[]) {
    const { updateViewerTraits } = dataOf(await facade.ask(UpdateViewerTraitsDocument, { input: { traits: { age: 3 } } }, headers));
    const message = expect.stringContaining("`profile` is disabled in the Kratos configuration");
    expect(updateViewerTraits).toEqual({ viewer: null, userErrors: [expect.objectContaining({ code: "UNSUPPORTED", message })] });
  }
});

it("relays the last of several session cookies only", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const facade = await startFacade(kratos, options);
  const email = "bee@viewer.example.com";
  await signUp(kratos, { email });
  const update = (age: number) => `age${age}: updateViewerTraits(input: { traits: { age: ${age} } }) { viewer { identity { traits } } }`;
  const response = await fetch(`${facade.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", cookie: await logInBrowser(kratos, email), origin: ORIGIN },
    body: JSON.stringify({ query: `mutation { ${update(1)} ${update(2)} }` }),
  });
  const { data } = (await response.json()) as any;
  expect(data.age2.viewer.identity.traits.age).toBe(2);
  expect(response.headers.getSetCookie()).toEqual([expect.stringMatching(new RegExp(`^${COOKIE}=`))]);
});

/** A Kratos whose public API answers whoami in this way. */
const startWith = (whoami: Scripted) => stopAfterTest(startScriptedKratos("v26.2.0", (_, path) => (path === "/sessions/whoami" ? whoami : undefined)));

it.each<[string, Scripted]>([
  ["a 401 of a proxy, which is no error of Kratos", { status: 401, text: "<h1>Who are you?</h1>" }],
  ["a 500", { status: 500, json: { error: { code: 500, message: "sql: no rows" } } }],
  ["a page", { text: "<h1>Welcome</h1>" }],
  ["a session without an identity", { json: { id: "a", active: true } }],
  ["a hang-up", "reset"],
])("a session cannot be verified if whoami is answered with %s, and the log says why", async (_, whoami) => {
  const log = captureLog();
  const facade = await startFacade(await startWith(whoami), { ...options, logger: log.logger });
  const response = await fetch(`${facade.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-session-token": "ory_st_anything" },
    body: '{"query":"{ viewer { identity { id } } }"}',
  });
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(codeOf((await response.json()) as any)).toBe("AUTHENTICATION_UNAVAILABLE");
  const warnings = log.entries().filter(({ level }) => level === 40);
  expect(warnings).toEqual([expect.objectContaining({ operation: "toSession", requestId: expect.any(String), detail: expect.any(String) })]);
});

it("does not take a redirect of something in front of Kratos for a signed-out user", async () => {
  const identity = { id: "5f5a2b0e-8f0e-4f6e-9c39-2d9a5f7b1c11", schema_id: "default", schema_url: "http://127.0.0.1/schemas/default", traits: {} };
  const kratos = await stopAfterTest(
    startScriptedKratos("v26.2.0", (_, path) => {
      if (path === "/sessions/whoami") return { json: { id: "0b9d8d5e-0e3a-4d8b-8a51-7a2f8e6f0c22", active: true, identity } };
      return path.startsWith("/self-service/settings/browser") ? { status: 303, headers: { location: "https://127.0.0.1/welcome" }, text: "" } : undefined;
    }),
  );
  const facade = await startFacade(kratos, options);
  const reply = await facade.ask(UpdateViewerTraitsDocument, { input: { traits: {} } }, { cookie: `${COOKIE}=abc`, origin: ORIGIN });
  expect(codeOf(reply)).toBe("KRATOS_ERROR");
});
