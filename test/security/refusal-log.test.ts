import { Registry } from "prom-client";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { postJson } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { startFacade, type FacadeTestOptions } from "../support/use-facade.js";
import { AUDIENCE, makeKey, startTokenIssuer, type SigningKey, type TokenIssuer } from "./token-issuer.js";

const shop = createApiKey("shop", ["system:read"]);

const { kratos, key } = useServers(async (cleanups) => ({
  kratos: cleanups.use(await startScriptedKratos("v26.2.0")),
  key: await makeKey("ec-1", "ES256"),
}));

let issuer: TokenIssuer;
beforeEach(async () => {
  issuer = await stopAfterTest(startTokenIssuer(key));
});

/** Starts a server for API keys and JWTs, with its log from `level` on. */
async function serve(level: "info" | "warn", options: FacadeTestOptions = {}) {
  const { logger, entries } = captureLog(level);
  const jwt = { issuer: issuer.issuer, audience: AUDIENCE, jwksUrl: issuer.jwksUrl, clockToleranceS: 5 };
  const facade = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(shop.line), jwt }, logger, ...options });
  const send = (authorization?: string) => postJson(facade.url, { query: "{ version }" }, { ...(authorization !== undefined && { authorization }), "x-request-id": "r-1" });
  return { send, entries };
}

const now = () => Math.floor(Date.now() / 1000);
const sign = (claims: object, header?: Record<string, unknown>, by: SigningKey = key) => issuer.sign(by, { scope: "system:read", ...claims }, header);
const jwt = async (token: Promise<string>) => `Bearer ${await token}`;

it.each<[string, () => Promise<string | undefined>]>([
  ["missing", async () => undefined],
  ["malformed", async () => "Basic canary"],
  ["malformed", async () => "Bearer canary.canary.canary"],
  ["unknown", async () => "Bearer canary"],
  ["expired", () => jwt(sign({ exp: now() - 60 }))],
  ["expired", () => jwt(sign({ iat: now() - 100_000 }))],
  ["not_yet_valid", () => jwt(sign({ nbf: now() + 60 }))],
  ["not_yet_valid", () => jwt(sign({ iat: now() + 60 }))],
  ["wrong_issuer", () => jwt(sign({ iss: "https://canary.example.com/" }))],
  ["wrong_audience", () => jwt(sign({ aud: "canary" }))],
  ["wrong_audience", () => jwt(sign({ aud: undefined }))],
  ["wrong_claims", () => jwt(sign({ exp: undefined }))],
  ["wrong_claims", () => jwt(sign({ exp: now() + 100_000 }))],
  ["wrong_claims", () => jwt(sign({ sub: undefined }))],
  ["wrong_type", () => jwt(sign({}, { typ: "JWT" }))],
  ["wrong_signature", async () => jwt(sign({}, {}, await makeKey("ec-1", "ES256")))],
  ["unknown_key", async () => jwt(sign({}, {}, await makeKey("ec-2", "ES256")))],
])("says in the line and in the metric of a 401 that the token is %s (%#)", async (reason, authorization) => {
  const metrics = new Registry();
  const { send, entries } = await serve("info", { metrics });
  expect((await send(await authorization())).status).toBe(401);
  expect(entries()).toMatchObject([{ level: 30, requestId: "r-1", client: "127.0.0.1", status: 401, code: "UNAUTHENTICATED", reason, msg: "A request was refused." }]);
  expect(await metrics.metrics()).toContain(`kratos_graphql_refusals_total{code="UNAUTHENTICATED",reason="${reason}"} 1\n`);
  expect(JSON.stringify(entries())).not.toContain("canary");
});

it("names the caller in the line of a 429", async () => {
  const { send, entries } = await serve("info", { rateLimit: { requests: 1, windowS: 60 } });
  await send(`Bearer ${shop.key}`);
  expect((await send(`Bearer ${shop.key}`)).status).toBe(429);
  expect(entries().at(-1)).toMatchObject({ requestId: "r-1", client: "127.0.0.1", caller: "key:shop", status: 429, code: "RATE_LIMITED" });
});

describe("with LOG_LEVEL=warn, the log has one line when the keys of the issuer", () => {
  const LOST = { level: 40, issuer: "https://auth.example.com/", msg: "The keys of the JWT issuer cannot be loaded. Known keys are accepted for ten minutes." };
  const BACK = { level: 40, issuer: "https://auth.example.com/", msg: "The keys of the JWT issuer can be loaded again." };

  it.each<[string, () => void | Promise<void>]>([
    ["its server is down", () => issuer.disconnect()],
    ["it fails", () => void (issuer.instead = { status: 500, body: "canary" })],
    ["its response is not JSON", () => void (issuer.instead = { status: 200, body: "canary" })],
    ["its response has no keys", () => void (issuer.instead = { status: 200, body: '{"canary":1}' })],
  ])("cannot be loaded because %s, and one when they can be loaded again", async (_, fail) => {
    await fail();
    const { send, entries } = await serve("warn");
    const authorization = await jwt(sign({}));
    for (let time = 0; time < 3; time++) expect((await send(authorization)).status).toBe(503);
    expect(entries()).toMatchObject([{ ...LOST, err: expect.objectContaining({ type: expect.any(String) }) }]);
    if (issuer.instead) issuer.instead = undefined;
    else await issuer.reconnect();
    for (let time = 0; time < 3; time++) expect((await send(authorization)).status).toBe(200);
    expect(entries().slice(1)).toMatchObject([BACK]);
    expect(JSON.stringify(entries())).not.toContain("canary");
  });
});
