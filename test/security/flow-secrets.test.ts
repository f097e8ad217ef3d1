import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { USES_BEFORE_COMPILATION } from "../../src/server/apollo/jit.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { useFacade } from "../support/use-facade.js";

const guest = createApiKey("guest", ["flows:read"]);
const insider = createApiKey("insider", ["flows:read", "secrets:read", "identities:read"]);

const input = (name: string, value: unknown) => ({ type: "input", group: "default", attributes: { name, type: "text", value, disabled: false } });
const flow = {
  id: "11111111-1111-4111-8111-111111111111",
  type: "browser",
  issued_at: "2026-11-22T00:00:00Z",
  expires_at: "2026-11-23T00:00:00Z",
  request_url: "https://auth.example.com/self-service/recovery?flow=1&token=canary-link",
  identity: { id: "22222222-2222-4222-8222-222222222222", schema_id: "default", schema_url: "", traits: {} },
  ui: {
    action: "https://auth.example.com/",
    method: "POST",
    nodes: [input("csrf_token", "needed-by-the-page"), input("token", "canary-token"), input("code", "canary-code"), input("traits.email", "canary@example.com"), input("password", "")],
  },
};
const PARTS = "requestUrl ui { nodes { attributes { ... on UiNodeInputAttributes { name value } } } }";

const { facade } = useFacade(
  () => startScriptedKratos("v0.6.3-alpha.1", (_, path) => (path.startsWith("/self-service/") ? { json: flow } : undefined)),
  { authentication: { apiKeys: parseApiKeys([guest, insider].map(({ line }) => line).join("\n")) } },
);

/** Sends the query when it is compiled. Only answers without errors lead to that. */
async function ask(field: string, key: string) {
  for (let time = 0; time < USES_BEFORE_COMPILATION; time++) {
    await facade.send(`{ ${field}(id: "${flow.id}") { ${PARTS} } }`, {}, { authorization: `Bearer ${insider.key}` });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { data, errors = [] } = await facade.send(`{ ${field}(id: "${flow.id}") { ${PARTS} } }`, {}, { authorization: `Bearer ${key}` });
  const values = data![field].ui.nodes.map(({ attributes: { name, value } }: any) => [name, value]);
  return { requestUrl: data![field].requestUrl, values: Object.fromEntries(values), errors, text: JSON.stringify(data) };
}

it.each(["loginFlow", "registrationFlow", "recoveryFlow", "verificationFlow", "settingsFlow"])(
  "%s shows its tokens and codes only to callers with secrets:read, and what a page needs to all",
  async (field) => {
    const seen = await ask(field, guest.key);
    expect(seen.values).toMatchObject({ csrf_token: "needed-by-the-page", token: null, code: null, password: "" });
    expect(seen.errors.map(({ extensions }) => extensions)).toEqual(Array(2).fill({ code: "FORBIDDEN", requiredScope: "secrets:read" }));
    expect(seen.requestUrl).toBe("https://auth.example.com/self-service/recovery?flow=1&token=***");
    expect(seen.text).not.toMatch(/canary-(token|code|link)/);

    const shown = await ask(field, insider.key);
    expect(shown.errors).toEqual([]);
    expect(shown.values).toMatchObject({ token: "canary-token", code: "canary-code", "traits.email": "canary@example.com" });
    expect(shown.requestUrl).toBe(flow.request_url);
  },
);

it("a settings flow shows a user's traits only to callers with identities:read, since before v0.7 its ID is all one needs", async () => {
  expect((await ask("settingsFlow", guest.key)).values["traits.email"]).toBe("***");
  expect((await ask("registrationFlow", guest.key)).values["traits.email"]).toBe("canary@example.com");
});
