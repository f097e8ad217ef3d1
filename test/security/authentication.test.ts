import { exportSPKI, SignJWT, UnsecuredJWT } from "jose";
import { createHash } from "node:crypto";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { BUILD } from "../../src/server/build.js";
import type { JwtOptions } from "../../src/server/auth/jwt.js";
import { sendRaw, type RawResponse } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { eventually } from "../support/wait.js";
import { createFacadeUnderTest, startFacade, type FacadeTestOptions, type FacadeUnderTest } from "../support/use-facade.js";
import { AUDIENCE, makeKey, startTokenIssuer, type SigningKey, type TokenIssuer } from "./token-issuer.js";

const SECOND = 1000;
const keys = { old: createApiKey("shop-2025", ["system:read"]), new: createApiKey("shop-2026", ["system:read"]), other: createApiKey("desk", ["identities:read"]) };
const apiKeys = parseApiKeys(Object.values(keys).map(({ line }) => line).join("\n"));

/** The facade accepts API keys and JWTs. */
const { kratos, rsa, ec, issuer, facade } = useServers(async (cleanups) => {
  const kratos = cleanups.use(
    await startScriptedKratos("v26.2.0", (_request, path) =>
      path === "/health/ready" ? { status: 503, json: { errors: { database: "dial tcp 10.0.0.5:5432: password=hunter2" } } } : undefined,
    ),
  );
  const [rsa, ec] = await Promise.all([makeKey("rsa-1", "RS256"), makeKey("ec-1", "ES256")]);
  const issuer = cleanups.use(await startTokenIssuer(rsa, ec));
  const facade = cleanups.use(await createFacadeUnderTest(kratos, authenticatedBy({ apiKeys, issuer })));
  return { kratos, rsa, ec, issuer, facade };
});

type AuthenticatedBy = { apiKeys?: typeof apiKeys; issuer?: TokenIssuer } & Pick<JwtOptions, "tokenType" | "maxLifetimeS">;

function authenticatedBy({ apiKeys: own = [], issuer: by, ...options }: AuthenticatedBy): FacadeTestOptions {
  const jwt = by && { issuer: by.issuer, audience: AUDIENCE, jwksUrl: by.jwksUrl, clockToleranceS: 60, ...options };
  return { authentication: { apiKeys: own, jwt }, batching: true };
}

const start = (by: AuthenticatedBy, options?: FacadeTestOptions) => startFacade(kratos, { ...authenticatedBy(by), ...options });

/** Requests the version of Kratos with the given Authorization headers. */
const ask = (authorization: readonly string[], at = facade): Promise<RawResponse> => {
  const named = authorization.map((value) => ["authorization", value] as const);
  return sendRaw(`${at.url}/graphql`, "POST", [["content-type", "application/json"], ...named], '{"query":"{ version }"}');
};
const bearer = (token: string, at = facade) => ask([`Bearer ${token}`], at);
const codeOf = ({ text }: RawResponse): unknown => JSON.parse(text).errors?.[0]?.extensions?.code;

function expectLetIn(answer: RawResponse): void {
  expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { data: { version: "v26.2.0" } }]);
}

/** @param error the error code of RFC 6750, undefined if there was no token */
function expectRefused(answer: RawResponse, error?: string): void {
  expect([answer.status, codeOf(answer)]).toEqual([401, "UNAUTHENTICATED"]);
  expect(answer.headers["www-authenticate"]).toBe(`Bearer realm="kratos-graphql"${error ? `, error="${error}"` : ""}`);
  expect(JSON.parse(answer.text)).toEqual({ errors: [expect.anything()] });
}

/** Runs something. @returns the requests to Kratos meanwhile */
async function askedOfKratos(work: () => Promise<unknown>): Promise<readonly string[]> {
  const before = kratos.seen.length;
  await work();
  return kratos.seen.slice(before);
}

describe("an API key", () => {
  it("is accepted, also if there are several, e.g. an old and a new one during a rotation", async () => {
    expectLetIn(await bearer(keys.old.key));
    expectLetIn(await bearer(keys.new.key));
  });

  it("is rejected after it is removed from the configuration", async () => {
    const rotated = await start({ apiKeys: parseApiKeys(keys.new.line) });
    expectLetIn(await bearer(keys.new.key, rotated));
    expectRefused(await bearer(keys.old.key, rotated), "invalid_token");
  });

  it("is rejected if its line is commented out, even if the line has several keys", async () => {
    const some = await start({ apiKeys: parseApiKeys(`# gone: ${keys.old.line}; ${keys.new.line}\n${keys.other.line} # the desk's; since May`) });
    for (const { key } of [keys.old, keys.new]) expectRefused(await bearer(key, some), "invalid_token");
    expect(codeOf(await bearer(keys.other.key, some))).toBe("FORBIDDEN");
  });

  it("has its own scopes, and not those of another key", async () => {
    const answer = await bearer(keys.other.key);
    expect([answer.status, codeOf(answer)]).toEqual([200, "FORBIDDEN"]);
  });

  it("is accepted with the scheme in any case, as RFC 9110 requires", async () => {
    for (const scheme of ["bearer", "BEARER"]) expectLetIn(await ask([`${scheme} ${keys.old.key}`]));
  });

  const hash = (key: string) => createHash("sha256").update(key).digest("hex");
  it.each([
    ["no header", [], undefined],
    ["an empty header", [""], "invalid_request"],
    ["the scheme alone", ["Bearer"], "invalid_request"],
    ["the scheme and a space", ["Bearer "], "invalid_request"],
    ["the key alone", [keys.old.key], "invalid_request"],
    ["another scheme", [`Basic ${Buffer.from(`shop:${keys.old.key}`).toString("base64")}`], "invalid_request"],
    ["another scheme with the key", [`ApiKey ${keys.old.key}`], "invalid_request"],
    ["two keys", [`Bearer ${keys.old.key} ${keys.new.key}`], "invalid_request"],
    ["two keys with a comma", [`Bearer ${keys.old.key},${keys.new.key}`], "invalid_request"],
    ["a key in quotes", [`Bearer "${keys.old.key}"`], "invalid_request"],
    ["an unknown key", [`Bearer ${createApiKey("x", ["system:read"]).key}`], "invalid_token"],
    ["a key in another case", [`Bearer ${keys.old.key.toUpperCase()}`], "invalid_token"],
    ["a key with its last letter missing", [`Bearer ${keys.old.key.slice(0, -1)}`], "invalid_token"],
    ["a key with an extra letter", [`Bearer ${keys.old.key}A`], "invalid_token"],
    ["a key with padding", [`Bearer ${keys.old.key}=`], "invalid_token"],
    ["the hash of a key", [`Bearer ${hash(keys.old.key)}`], "invalid_token"],
    ["the hash as it is configured", [`Bearer sha256:${hash(keys.old.key)}`], "invalid_request"],
    ["the hash in the format of a key", [`Bearer kg_${Buffer.from(hash(keys.old.key), "hex").toString("base64url")}`], "invalid_token"],
    ["the name of a key", ["Bearer shop-2025"], "invalid_token"],
    ["a property of Object.prototype", ["Bearer __proto__"], "invalid_token"],
    ["a wrong key before the right one", ["Bearer nonsense", `Bearer ${keys.old.key}`], "invalid_token"],
  ])("is rejected: %s", async (_what, authorization, error) => {
    const upstream = await askedOfKratos(async () => {
      const answer = await ask(authorization);
      expectRefused(answer, error);
      for (const { key } of Object.values(keys)) expect(answer.text).not.toContain(key);
    });
    expect(upstream).toEqual([]);
  });

  it("is used if it is in the first of two headers, and the second is ignored", async () => {
    expect(codeOf(await ask([`Bearer ${keys.other.key}`, `Bearer ${keys.old.key}`]))).toBe("FORBIDDEN");
  });

  it("is read only from the Authorization header", async () => {
    const { key } = keys.old;
    const headers = [["x-api-key", key], ["proxy-authorization", `Bearer ${key}`], ["cookie", `authorization=Bearer ${key}; access_token=${key}`], ["content-type", "application/json"]] as const;
    const query = `access_token=${key}&authorization=Bearer+${key}`;
    expectRefused(await sendRaw(`${facade.url}/graphql?${query}`, "POST", headers, `{"query":"{ version }","access_token":"${key}"}`));
  });
});

describe("a JWT", () => {
  it("of the issuer is accepted, signed with RS256 or ES256", async () => {
    for (const key of [rsa, ec]) expectLetIn(await bearer(await issuer.sign(key, { scope: "system:read" })));
  });

  it("may have several audiences if this server's is among them", async () => {
    expectLetIn(await bearer(await issuer.sign(ec, { scope: "system:read", aud: ["billing", AUDIENCE] })));
    expectRefused(await bearer(await issuer.sign(ec, { scope: "system:read", aud: ["billing"] })), "invalid_token");
  });

  const now = () => Math.floor(Date.now() / SECOND);
  it("may be off by at most the clock tolerance", async () => {
    for (const claims of [{ exp: now() - 20 }, { nbf: now() + 30 }]) expectLetIn(await bearer(await issuer.sign(ec, { scope: "system:read", ...claims })));
    for (const claims of [{ exp: now() - 90 }, { nbf: now() + 900 }]) {
      expectRefused(await bearer(await issuer.sign(ec, { scope: "system:read", ...claims })), "invalid_token");
    }
  });

  const part = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
  const good = () => ({ iss: issuer.issuer, aud: AUDIENCE, scope: "system:read", exp: now() + 3600 });
  /** A valid token with some of its parts changed. */
  const changed = async (change: (parts: string[]) => string[]) => change((await issuer.sign(rsa, good())).split(".")).join(".");
  const byStranger = async (header?: Record<string, unknown>) => issuer.sign(await makeKey("rsa-1", "RS256"), good(), header);

  const forgeries: [string, () => Promise<string>][] = [
    ["of another issuer", () => issuer.sign(rsa, { ...good(), iss: "https://auth.example.com" })],
    ["without an issuer", () => issuer.sign(rsa, { ...good(), iss: undefined })],
    ["for another audience", () => issuer.sign(rsa, { ...good(), aud: "kratos" })],
    ["without an audience", () => issuer.sign(rsa, { ...good(), aud: undefined })],
    ["that never expires", () => issuer.sign(rsa, { ...good(), exp: undefined })],
    ["whose expiration is a string", () => issuer.sign(rsa, { ...good(), exp: "2999-01-01" as unknown as number })],
    ["signed with alg none", async () => new UnsecuredJWT(good()).encode()],
    ["with alg none and a signature", () => changed(([, payload, signature]) => [part({ alg: "none", kid: "rsa-1" }), payload!, signature!])],
    ["with alg NONE", () => changed(([, payload]) => [part({ alg: "NONE" }), payload!, ""])],
    [
      "signed with HS256 and the public key as the secret",
      async () => {
        const secret = new TextEncoder().encode(await exportSPKI(rsa.publicKey));
        return new SignJWT(good()).setProtectedHeader({ alg: "HS256", kid: "rsa-1" }).sign(secret);
      },
    ],
    ["signed by a stranger with the issuer's key ID", () => byStranger()],
    ["signed by a stranger with an unknown key ID", async () => issuer.sign(await makeKey("rsa-2", "RS256"), good())],
    ["that brings its own key", async () => byStranger({ jwk: { kty: "RSA", n: "AQAB", e: "AQAB" } })],
    ["that names one key and is signed with another", () => issuer.sign(ec, good(), { kid: "rsa-1" })],
    ["whose key ID is a number", () => issuer.sign(rsa, good(), { kid: 1 })],
    ["whose scopes were changed", () => changed(([header, , signature]) => [header!, part({ ...good(), scope: "system:read secrets:read" }), signature!])],
    ["without its signature", () => changed(([header, payload]) => [header!, payload!, ""])],
    ["whose signature is cut", () => changed(([header, payload, signature]) => [header!, payload!, signature!.slice(0, -9)])],
    ["whose signature is not base64url", () => changed(([header, payload]) => [header!, payload!, "~~~~"])],
    ["with an extension that must be understood", () => changed(([, payload, signature]) => [part({ alg: "RS256", kid: "rsa-1", crit: ["x"], x: 1 }), payload!, signature!])],
    ["whose header is not JSON", () => changed(([, payload, signature]) => [part("{"), payload!, signature!])],
    ["whose header is an array", () => changed(([, payload, signature]) => [part([]), payload!, signature!])],
    ["whose alg is an object", () => changed(([, payload, signature]) => [part({ alg: {}, kid: "rsa-1" }), payload!, signature!])],
    ["of no type", () => issuer.sign(ec, good(), { typ: undefined })],
    ["of the type JWT, like an ID token", () => issuer.sign(ec, { ...good(), nonce: "n", auth_time: now() }, { typ: "JWT" })],
    ["of another type", () => issuer.sign(ec, good(), { typ: "logout+jwt" })],
    ["whose type is a list", () => issuer.sign(ec, good(), { typ: ["at+jwt"] })],
    ["that is valid for longer than a day", () => issuer.sign(ec, { ...good(), exp: now() + 86_500 })],
    ["that will still be valid in ten years", () => issuer.sign(ec, { ...good(), iat: now() - 10, exp: now() + 315_360_000 })],
    ["that does not say when it was issued", () => issuer.sign(ec, { ...good(), iat: undefined })],
    ["that was issued in the future", () => issuer.sign(ec, { ...good(), iat: now() + 315_360_000, exp: now() + 315_363_600 })],
    ["that was issued more than a day ago", () => issuer.sign(ec, { ...good(), iat: now() - 90_000 })],
    ["of three empty parts", async () => "a.."],
    ["of five parts, like an encrypted one", () => changed((parts) => [...parts, "a", "b"])],
  ];
  it.each(forgeries)("is rejected: one %s", async (_what, forge) => {
    const token = await forge();
    const upstream = await askedOfKratos(async () => {
      const answer = await bearer(token);
      expectRefused(answer, "invalid_token");
      expect(answer.text).not.toContain(token);
    });
    expect(upstream).toEqual([]);
  });

  it("is accepted with its type in any case, and in its long form, as RFC 9068 requires", async () => {
    for (const typ of ["AT+JWT", "application/at+jwt"]) expectLetIn(await bearer(await issuer.sign(ec, good(), { typ })));
  });

  it("may be valid for at most the configured time", async () => {
    const strict = await start({ issuer, maxLifetimeS: 300 });
    expectLetIn(await bearer(await issuer.sign(ec, { ...good(), exp: now() + 299 }), strict));
    expectRefused(await bearer(await issuer.sign(ec, { ...good(), exp: now() + 310 }), strict), "invalid_token");
  });

  it("of an issuer without at+jwt, e.g. Ory Hydra, is accepted if JWT_TYP is JWT, unless it is another kind of token, e.g. an ID token", async () => {
    const lenient = await start({ issuer, tokenType: "JWT" });
    const hydra = { ...good(), scope: undefined, scp: ["system:read"], client_id: "shop", ext: {}, jti: "1", nbf: now() };
    for (const typ of ["JWT", "jwt", undefined, "at+jwt"]) expectLetIn(await bearer(await issuer.sign(ec, hydra, { typ }), lenient));
    expectLetIn(await bearer(await issuer.sign(ec, { ...good(), typ: "Bearer", azp: "shop", sid: "1" }, { typ: "JWT" }), lenient));
    const idTokens = [{ nonce: "n" }, { at_hash: "x" }, { c_hash: "x" }, { s_hash: "x" }, { typ: "ID" }, { token_use: "id" }, { scp: undefined }];
    const others = [{ events: { "http://schemas.openid.net/event/backchannel-logout": {} } }, ...["Refresh", "Offline", "Logout", "", 1].map((typ) => ({ typ })), { token_use: "refresh" }];
    for (const claims of [...idTokens, ...others]) expectRefused(await bearer(await issuer.sign(ec, { ...hydra, ...claims }, { typ: "JWT" }), lenient), "invalid_token");
    for (const typ of ["logout+jwt", "dpop+jwt", 1, ["JWT"], null]) expectRefused(await bearer(await issuer.sign(ec, hydra, { typ }), lenient), "invalid_token");
  });

  it("that Kratos makes of a session (tokenize_as) is accepted if JWT_TYP is JWT, and if the claims mapper has added an audience and scopes", async () => {
    const lenient = await start({ issuer, tokenType: "JWT" });
    // As Kratos v1.3.1 and v26.2.0 make it. Its mapper adds `aud` and `scope`.
    const ofKratos = { iss: issuer.issuer, sub: "27748842-7c86-45d0-a2ee-6b0a08f6e656", sid: "b8081905-c30f-4eac-bffe-a9e3945e0bbd", jti: "b0ff7c9a-3367-4a41-ae3b-be41852c4d9f", iat: now(), nbf: now(), exp: now() + 300 };
    const mapped = { ...ofKratos, aud: [AUDIENCE], scope: "system:read" };
    const send = async (claims: object, at = lenient) => bearer(await issuer.sign(ec, { ...claims }, { typ: "JWT" }), at);
    expectLetIn(await send(mapped));
    expectLetIn(await send({ ...mapped, aud: AUDIENCE }));

    const refused: [answer: RawResponse, message: string][] = [
      [await send(mapped, facade), 'The "typ" in the token\'s header must be "at+jwt". If its issuer does not mark access tokens this way, the server must be started with JWT_TYP=JWT.'],
      [await send({ ...mapped, aud: undefined }), 'The token\'s claim "aud" does not have the expected value.'],
      [await send({ ...mapped, scope: undefined }), 'The token must be an access token: of the type "JWT" or "at+jwt", with scopes in "scope" or "scp", and without the claims of another kind of token.'],
      // Without a `ttl` in Kratos' configuration, it expires when it is issued.
      [await send({ ...mapped, iat: now() - 90, nbf: now() - 90, exp: now() - 90 }), "The token has expired. Request a new one from its issuer."],
    ];
    for (const [answer, message] of refused) {
      expectRefused(answer, "invalid_token");
      expect(JSON.parse(answer.text).errors[0].message).toBe(message);
    }
  });

  it.each(["at+jwt", "JWT"] as const)("that is bound to a key of its owner is rejected, as the proof of possession is not verified (%s)", async (tokenType) => {
    const facade = await start({ issuer, tokenType });
    for (const cnf of [{ jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }, { "x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2" }, {}, null]) {
      const answer = await bearer(await issuer.sign(ec, { ...good(), cnf }), facade);
      expectRefused(answer, "invalid_token");
      expect(JSON.parse(answer.text).errors[0].message).toContain('bound to a key of its owner ("cnf", DPoP or mutual TLS)');
    }
  });

  it("of a client has another name than one of a user with the same name, in the log and for the rate limit", async () => {
    const log = captureLog("info");
    const limited = await start({ issuer }, { logger: log.logger, rateLimit: { requests: 1, windowS: 60 } });
    const user = { ...good(), sub: "ann", client_id: "shop" };
    const clients = [{ sub: "ann", client_id: "ann" }, { sub: undefined, client_id: "ann" }, { sub: undefined, azp: "ann" }];
    expectLetIn(await bearer(await issuer.sign(ec, { ...good(), ...clients[0] }), limited));
    for (const claims of clients.slice(1)) expect(codeOf(await bearer(await issuer.sign(ec, { ...good(), ...claims }), limited))).toBe("RATE_LIMITED");
    expectLetIn(await bearer(await issuer.sign(ec, user), limited));
    expect(log.entries().flatMap(({ caller }) => caller ?? [])).toEqual([...clients.map(() => "jwt-client:ann"), "jwt:ann"]);
  });

  it("does not make the server load keys from a URL in the token", async () => {
    const attacker = await stopAfterTest(startTokenIssuer(await makeKey("rsa-1", "RS256")));
    const [key] = attacker.published;
    const header = { jku: attacker.jwksUrl, x5u: attacker.jwksUrl };
    expectRefused(await bearer(await issuer.sign(key!, good(), header)), "invalid_token");
    expect(attacker.requests).toBe(0);
  });

  it.each([
    ["scope, separated by spaces", { scope: "openid system:read profile" }],
    ["scope, with extra spaces", { scope: "  system:read  " }],
    ["scope, as a list", { scope: ["system:read"] }],
    ["scp, as a list", { scp: ["openid", "system:read"] }],
    ["scp, separated by spaces", { scp: "openid system:read" }],
  ])("grants the scopes in %s", async (_where, claims) => {
    expectLetIn(await bearer(await issuer.sign(ec, claims)));
  });

  it.each([
    ["no scopes", {}],
    ["an empty scope, even if scp grants it", { scope: "", scp: ["system:read"] }],
    ["other scopes", { scope: "openid identities:read identities:write identities:delete recovery:write flows:read secrets:read" }],
    ["another case", { scope: "System:Read SYSTEM:READ" }],
    ["commas", { scope: "system:read,flows:read" }],
    ["a tab", { scope: "system:read\tflows:read" }],
    ["a line break", { scope: "system:read\n" }],
    ["a non-breaking space", { scope: "system:read\u00a0" }],
    ["partial and longer scope names", { scope: "system system:rea system:read:all system:write" }],
    ["a wildcard", { scope: "* system:* **" }],
    ["properties of Object.prototype", { scope: "constructor __proto__ toString hasOwnProperty prototype" }],
    ["a list in a list", { scp: [["system:read"]] }],
    ["an object", { scp: { 0: "system:read", length: 1 } }],
    ["a claim of another name", { scopes: ["system:read"], permissions: ["system:read"], roles: ["admin"] }],
  ])("with %s grants nothing", async (_what, claims) => {
    const upstream = await askedOfKratos(async () => {
      const answer = await bearer(await issuer.sign(ec, claims));
      expect([answer.status, codeOf(answer)]).toEqual([200, "FORBIDDEN"]);
      expect(JSON.parse(answer.text).errors[0].extensions.requiredScope).toBe("system:read");
    });
    expect(upstream).toEqual([]);
  });

  it("is rejected if JWTs are not configured, and an API key if keys are not", async () => {
    const [onlyKeys, onlyJwts] = await Promise.all([start({ apiKeys }), start({ issuer })]);
    const token = await issuer.sign(ec, good());
    expectRefused(await bearer(token, onlyKeys), "invalid_token");
    expectLetIn(await bearer(keys.old.key, onlyKeys));
    expectRefused(await bearer(keys.old.key, onlyJwts), "invalid_token");
    expectLetIn(await bearer(token, onlyJwts));
  });
});

describe("the issuer's keys", () => {
  let own: TokenIssuer;
  let before: FacadeUnderTest;
  let token: (key?: SigningKey) => Promise<string>;
  let clock: jest.SpyInstance;
  let later = 0;

  beforeEach(async () => {
    later = 0;
    const now = Date.now.bind(Date);
    clock = jest.spyOn(Date, "now").mockImplementation(() => now() + later);
    own = await stopAfterTest(startTokenIssuer(rsa, ec));
    before = await start({ issuer: own, apiKeys });
    token = (key = ec) => own.sign(key, { scope: "system:read" });
  });

  afterEach(() => clock.mockRestore());

  it("are loaded once, when they are first needed", async () => {
    expectLetIn(await bearer(keys.old.key, before));
    expect(own.requests).toBe(0);
    const [first, second] = [await token(rsa), await token(ec)];
    for (const answer of await Promise.all([first, second, first, second].map((one) => bearer(one, before)))) expectLetIn(answer);
    expectLetIn(await bearer(first, before));
    expect(own.requests).toBe(1);
  });

  it("are loaded again if a token names a new key: then the new key is valid, and a removed one is not", async () => {
    expectLetIn(await bearer(await token(rsa), before));
    const fresh = await makeKey("ec-2", "ES256");
    own.published.splice(0, 2, ec, fresh);
    later = 6 * SECOND;
    expectLetIn(await bearer(await token(fresh), before));
    expectLetIn(await bearer(await token(ec), before));
    expectRefused(await bearer(await token(rsa), before), "invalid_token");
    expect(own.requests).toBe(2);
  });

  it("are not loaded for each of many tokens with unknown key IDs", async () => {
    expectLetIn(await bearer(await token(), before));
    later = 6 * SECOND;
    for (let at = 0; at < 20; at++) expectRefused(await bearer(await own.sign(ec, {}, { kid: `made-up-${at}` }), before), "invalid_token");
    expect(own.requests).toBe(2);
  });

  it("are required: while they are unavailable, JWTs are rejected without revealing the URL, and accepted again afterwards", async () => {
    await own.disconnect();
    const upstream = await askedOfKratos(async () => {
      const answer = await bearer(await token(), before);
      expect([answer.status, codeOf(answer)]).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|keys\.json|fetch/);
    });
    expect(upstream).toEqual([]);
    expectLetIn(await bearer(keys.old.key, before));
    await own.reconnect();
    expectLetIn(await bearer(await token(), before));
  });

  it.each([
    ["an error", { status: 500, body: "secret-cause" }],
    ["a redirect", { status: 302, headers: { location: "http://169.254.169.254/keys.json" }, body: "secret-cause" }],
    ["an HTML page", { status: 200, body: "<html>secret-cause" }],
    ["other JSON", { status: 200, body: '{"keys":"secret-cause"}' }],
  ])("are unavailable if the issuer responds with %s", async (_what, instead) => {
    own.instead = instead;
    const answer = await bearer(await token(), before);
    expect([answer.status, codeOf(answer)]).toEqual([503, "AUTHENTICATION_UNAVAILABLE"]);
    expect(answer.text).not.toContain("secret-cause");
    own.instead = undefined;
    expectLetIn(await bearer(await token(), before));
  });

  it("need a key ID only if several keys match: then a token without one is invalid", async () => {
    expectLetIn(await bearer(await own.sign(ec, { scope: "system:read" }, { kid: undefined }), before));
    own.published.push(await makeKey("ec-2", "ES256"));
    later = 11 * 60 * SECOND;
    expectRefused(await bearer(await own.sign(ec, { scope: "system:read" }, { kid: undefined }), before), "invalid_token");
  });

  it("are loaded again after a minute, and one that was withdrawn is not valid anymore", async () => {
    const withdrawn = await token(rsa);
    expectLetIn(await bearer(withdrawn, before));
    own.published.splice(0, 2, ec);
    later = 20 * SECOND;
    expectLetIn(await bearer(withdrawn, before));
    later = 60 * SECOND;
    const answers = await Promise.all([withdrawn, withdrawn, withdrawn].map((one) => bearer(one, before)));
    for (const answer of answers) expectRefused(answer, "invalid_token");
    expectLetIn(await bearer(await token(ec), before));
    expect(own.requests).toBe(2);
  });

  it.each([
    ["after half a minute", 35],
    ["after a minute without tokens", 65],
  ])("are compared with the issuer's in the background %s, so that nobody waits for an issuer that hangs", async (_, seconds) => {
    const early = await token();
    expectLetIn(await bearer(early, before));
    own.instead = "hang";
    later = seconds * SECOND;
    for (const answer of await Promise.all([early, early].map((one) => bearer(one, before)))) expectLetIn(answer);
    // The issuer has not responded, and the request has not timed out either.
    expect([own.requests, own.pending]).toEqual([2, 1]);
  });

  it("are compared in the background after half a minute, so that a withdrawn one is soon not valid anymore", async () => {
    const withdrawn = await token(rsa);
    expectLetIn(await bearer(withdrawn, before));
    own.published.splice(0, 2, ec);
    later = 35 * SECOND;
    await bearer(withdrawn, before);
    await eventually("the withdrawn key is not valid anymore", async () => (await bearer(withdrawn, before)).status === 401);
    expect(own.requests).toBe(2);
  });

  it("stay valid for ten minutes while the issuer is unavailable", async () => {
    const early = await token();
    expectLetIn(await bearer(early, before));
    await own.disconnect();
    for (later of [60, 300, 590].map((seconds) => seconds * SECOND)) expectLetIn(await bearer(early, before));
    later = 601 * SECOND;
    expect(codeOf(await bearer(early, before))).toBe("AUTHENTICATION_UNAVAILABLE");
  });
});

describe("a stranger", () => {
  const json = ["content-type", "application/json"] as const;
  const preflight = ["apollo-require-preflight", "yes"] as const;
  const query = encodeURIComponent("{ version }");
  const hash = createHash("sha256").update("{ version }").digest("hex");
  const persisted = { persistedQuery: { version: 1, sha256Hash: hash } };
  it.each([
    ["a query", "POST", "", [json], '{"query":"{ version }"}'],
    ["a query for the type name only", "POST", "", [json], '{"query":"{ __typename }"}'],
    ["the schema", "POST", "", [json], '{"query":"{ __schema { types { name } } _service { sdl } }"}'],
    ["a mutation", "POST", "", [json], '{"query":"mutation { deleteIdentity(input: { id: \\"8a3d8f0e-7d4c-4a57-8b57-0ac2f4c7f4a1\\" }) { deletedIdentityId } }"}'],
    ["an array of operations", "POST", "", [json], '[{"query":"{ version }"},{"query":"{ health { alive } }"}]'],
    ["a persisted query", "POST", "", [json], JSON.stringify({ extensions: persisted, query: "{ version }" })],
    ["a query in the URL", "GET", `?query=${query}`, [preflight], ""],
    ["a persisted query in the URL", "GET", `?query=${query}&extensions=${encodeURIComponent(JSON.stringify(persisted))}`, [preflight], ""],
    ["a query by another method", "PUT", `?query=${query}`, [json, preflight], '{"query":"{ version }"}'],
    ["OPTIONS", "OPTIONS", "", [["origin", "https://evil.example.org"], ["access-control-request-method", "POST"]], ""],
    ["invalid JSON", "POST", "", [json], "{"],
    ["a body over the limit", "POST", "", [json], "x".repeat(1_100_000)],
  ] as const)("who sends %s is told that a token is missing, without a request to Kratos", async (_what, method, search, headers, body) => {
    const upstream = await askedOfKratos(async () => expectRefused(await sendRaw(`${facade.url}/graphql${search}`, method, headers, body)));
    expect(upstream).toEqual([]);
  });

  it("may see whether the server is alive and ready, and of failing checks only the name", async () => {
    expect((await sendRaw(`${facade.url}/health/live`, "GET", [])).text).toBe(`{"status":"ok","version":"${BUILD.version}"}`);
    const ready = await sendRaw(`${facade.url}/health/ready`, "GET", []);
    expect(ready.status).toBe(503);
    expect(ready.text).not.toMatch(/hunter2|10\.0\.0\.5|127\.0\.0\.1|v26/);
  });

  it("may load the explorers, which contain nothing of this server, and needs a token to send operations from them", async () => {
    const secrets = [kratos.url, issuer.issuer, issuer.jwksUrl, ...apiKeys.flatMap(({ name, hash: digest }) => [name, digest.toString("hex")])];
    const upstream = await askedOfKratos(async () => {
      for (const path of ["/", "/graphql", "/explorer/"]) {
        const page = await sendRaw(facade.url + path, "GET", [["accept", "text/html"]]);
        expect([page.status, page.headers["content-type"]]).toEqual([200, expect.stringContaining("text/html")]);
        for (const secret of secrets) expect(page.text).not.toContain(secret);
      }
      const fromPage = [["accept", "text/html,*/*"], ["origin", facade.url], ["referer", `${facade.url}/explorer/`], ["sec-fetch-site", "same-origin"], json] as const;
      expectRefused(await sendRaw(`${facade.url}/graphql`, "POST", fromPage, '{"query":"{ version }"}'));
      expectRefused(await sendRaw(`${facade.url}/graphql?query=${query}`, "GET", [...fromPage, preflight]));
    });
    expect(upstream).toEqual([]);
  });
});
