import { Redis } from "ioredis";
import { coerce, gt } from "semver";
import { checkCallers } from "../../src/commands/doctor/callers.js";
import { loadConfig } from "../../src/config.js";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { createRateLimit } from "../../src/server/limits/rate-limit.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { startCli } from "../support/child-process.js";
import { writeFolder } from "../support/folder.js";
import { forwardTo, startLoopbackServer } from "../support/http.js";
import { UNKNOWN_ID } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { hasRedis, startRedis, type RedisUnderTest } from "../support/redis.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { eventually } from "../support/wait.js";

interface Report {
  readonly exit: number;
  /** What a check found, without the names of the checks. */
  found(check: string): string[];
  readonly out: string;
  /** The lines, by what they check. */
  readonly lines: ReadonlyMap<string, string>;
}

/** Runs `kratos-graphql doctor`. */
async function doctor(env: Record<string, string>): Promise<Report> {
  const program = await startCli(env, "doctor");
  const exit = (await program.ended)!;
  const lines = program.stdout.split("\n").map((line) => /^(ok|note|FAIL) +(.+?) {2,}(.+)$/.exec(line));
  const all = lines.flatMap((found) => (found ? [[found[2]!, `${found[1]}: ${found[3]}`] as const] : []));
  return { exit, out: program.stdout, lines: new Map(all), found: (check) => all.flatMap(([name, text]) => (name === check ? [text] : [])) };
}

const API_KEYS = `shop sha256:${"0".repeat(64)} identities:read,flows:read`;

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("with a fake Kratos %s", (version) => {
  it("reports every field of Query as working and what this version does not support, and exits with 0", async () => {
    const kratos = await stopAfterTest(startFakeKratos({ version }));
    const { exit, out, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS });
    expect(lines.get("Kratos version")).toBe(`ok: ${version}`);
    expect(lines.get("API key shop")).toBe("ok: identities:read flows:read");
    expect(lines.get("Clock")).toMatch(/^ok/);
    const fields = [...lines].filter(([check]) => check.startsWith("Query."));
    const { schema } = buildFacadeSchema();
    expect(fields.map(([check]) => check)).toEqual(Object.keys(schema.getQueryType()!.getFields()).map((name) => `Query.${name}`));
    const notes = fields.filter(([, seen]) => !seen.startsWith("ok: works"));
    // What this version does not have is no problem of the deployment.
    const isOld = version === "v0.6.3-alpha.1";
    expect(notes.map(([, seen]) => seen)).toEqual(notes.map(() => expect.stringMatching(/^note: [\w ]+ requires Kratos v\S+ or later\. The connected Kratos is v0\.6\.3-alpha\.1\.$/)));
    expect(notes.length > 0).toBe(isOld);
    expect(lines.has("Identity.state")).toBe(version === "v0.6.3-alpha.1");
    expect(out).toMatch(/\nNo problems found\.\n$/);
    expect(exit).toBe(0);
  }, 30_000);
});

it.each([
  ["v0.11.1", ["updateIdentity", "patchIdentity, verifyAddress", "importIdentities", "Identity.lastSignedInAt", "deleteIdentityCredential"], ["Identity.sessions", "revokeSession"]],
  ["v1.3.1", ["Identity.externalId", "patchIdentity with ifUnmodifiedSince", "deleteIdentityCredential of `password`, `saml`"], ["updateIdentity", "importIdentities"]],
])("says what Kratos %s does not have, and which later version has it", async (version, missing, present) => {
  const kratos = await stopAfterTest(startScriptedKratos(version));
  const { lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS });
  for (const check of missing) {
    const [, since] = /^note: .* requires Kratos (v[\d.]+) or later$/.exec(lines.get(check) ?? "") ?? [];
    expect([check, gt(coerce(since)!, version)]).toEqual([check, true]);
  }
  for (const check of present) expect(lines.has(check)).toBe(false);
}, 30_000);

it.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("reports the paths in TRAITS_MASK that no identity schema of a Kratos %s has", async (version) => {
  const kratos = await stopAfterTest(startFakeKratos({ version }));
  const TRAITS_MASK = "email,name.last,tags,serial,Email,name.email,nosuch";
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS, TRAITS_MASK });
  const found = TRAITS_MASK.split(",").map((path) => lines.get(`TRAITS_MASK ${path}`)?.split(":")[0]);
  expect(found).toEqual(["ok", "ok", "ok", "ok", "FAIL", "FAIL", "FAIL"]);
  expect(exit).toBe(1);
}, 30_000);

describe("typed traits", () => {
  const WITHOUT_TYPE = { properties: { traits: { type: "object", properties: { email: { type: "string" }, extra: {} } } } };
  const startWithSchemas = async () => {
    const kratos = await stopAfterTest(startFakeKratos({ version: "v26.2.0" }));
    return { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS };
  };

  it("compares the mapping with the identity schemas of Kratos, and notes which ones have no name, and what stays JSON", async () => {
    const files = await writeFolder({ "traits.json": { Person: { id: "default", file: "person.json" } }, "person.json": WITHOUT_TYPE });
    const TRAITS_SCHEMAS = files.path("traits.json");
    const { exit, lines, found } = await doctor({ ...(await startWithSchemas()), TRAITS_SCHEMAS });
    expect(lines.get("TRAITS_SCHEMAS Person")).toBe(`note: ${files.path("person.json")} differs from the identity schema "default" in Kratos. The types are those of the file`);
    expect(found("TRAITS_SCHEMAS")).toEqual([
      `note: the identity schema "device" has no typed traits; to type them, give it a name in ${TRAITS_SCHEMAS}`,
      `note: ${files.path("person.json")}: #/properties/traits/properties/extra stays JSON, because it has no \`type\``,
    ]);
    expect(lines.get("Schema")).toMatch(/^ok: sha256:[\da-f]{64}$/);
    expect(exit).toBe(0);
  }, 30_000);

  it("reports IDs that Kratos does not know, of schemas in files, too", async () => {
    const files = await writeFolder({ "traits.json": { A: "nosuch", B: "default" }, "files.json": { A: { id: "nosuch", file: "a.json" }, B: "default" }, "a.json": WITHOUT_TYPE });
    const env = await startWithSchemas();
    const mapped = await doctor({ ...env, TRAITS_SCHEMAS: files.path("traits.json") });
    expect(mapped.found("TRAITS_SCHEMAS")).toEqual([`FAIL: ${files.path("traits.json")}: #/A: Kratos has no identity schema with the ID "nosuch". Its identity schemas are "default", "device".`]);
    expect(mapped.exit).toBe(1);
    const inFile = await doctor({ ...env, TRAITS_SCHEMAS: files.path("files.json") });
    expect(inFile.lines.get("TRAITS_SCHEMAS A")).toBe(`FAIL: Kratos has no identity schema with the ID "nosuch", so no identity has these traits; correct the ID in ${files.path("files.json")}`);
    expect(inFile.lines.get("TRAITS_SCHEMAS B")).toBe('ok: are the traits of the identity schema "default"');
    expect(inFile.exit).toBe(1);
  }, 30_000);

  it("reports another hash than SCHEMA_HASH", async () => {
    const SCHEMA_HASH = `sha256:${"0".repeat(64)}`;
    const { exit, lines } = await doctor({ ...(await startWithSchemas()), TRAITS_SCHEMAS: "kratos", SCHEMA_HASH });
    expect(lines.get("Schema")).toMatch(new RegExp(`^FAIL: SCHEMA_HASH is ${SCHEMA_HASH}, but the schema of this deployment has the hash sha256:`));
    expect(exit).toBe(1);
  }, 30_000);

  it("checks a mapping with a Kratos that does not list identity schemas", async () => {
    const kratos = await stopAfterTest(startFakeKratos({ version: "v0.6.3-alpha.1" }));
    const files = await writeFolder({ "traits.json": { Person: "default" } });
    const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS, TRAITS_SCHEMAS: files.path("traits.json") });
    expect(lines.get("TRAITS_SCHEMAS Person")).toBe('ok: are the traits of the identity schema "default"');
    expect(exit).toBe(0);
  }, 30_000);
});

it("reports a missing KRATOS_PUBLIC_URL that this version needs, with the fields that do not work", async () => {
  const kratos = await stopAfterTest(startFakeKratos({ version: "v26.2.0" }));
  const { exit, out, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, API_KEYS });
  expect(lines.get("Kratos public API")).toMatch(/^FAIL: KRATOS_PUBLIC_URL is not set/);
  expect(lines.get("Query.loginFlow")).toMatch(/^FAIL: .*KRATOS_PUBLIC_URL/);
  expect(lines.get("Query.identity")).toMatch(/^ok/);
  expect(out).toMatch(/\n\d+ problems found\.\n$/);
  expect(exit).toBe(1);
}, 30_000);

it("reports an unavailable Kratos and an issuer without keys, and says what to check", async () => {
  const { url } = await stopAfterTest(startLoopbackServer((_, response) => response.writeHead(404).end("{}")));
  const jwt = { JWT_ISSUER: "https://auth.example.com/", JWT_AUDIENCE: "kratos-graphql", JWT_JWKS_URL: `${url}/jwks.json` };
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: "http://127.0.0.1:9", ...jwt });
  expect(lines.get("Kratos admin API")).toMatch(/^FAIL: cannot be reached at http:\/\/127\.0\.0\.1:9: .*check that Kratos is running/);
  expect(lines.get("JWTs of https://auth.example.com/")).toMatch(/^FAIL: found no keys at .*status 404.*JWT_JWKS_URL/);
  expect(exit).toBe(1);
}, 30_000);

it("reports a proxy that responds in the place of Kratos as reached, but not healthy", async () => {
  const { url } = await stopAfterTest(startLoopbackServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>")));
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: url, API_KEYS });
  expect(lines.get("Kratos admin API")).toMatch(/^ok: reached/);
  expect(lines.get("Kratos health")).toMatch(/^FAIL/);
  expect(lines.get("Kratos version")).toMatch(/^FAIL: .*status 200/);
  expect(exit).toBe(1);
}, 30_000);

it("reports swapped ports of Kratos, each URL on a line of its own", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.publicUrl, KRATOS_PUBLIC_URL: kratos.adminUrl, API_KEYS });
  expect(lines.get("Kratos admin API")).toBe(
    "FAIL: KRATOS_ADMIN_URL is wrong: this looks like Kratos' public port; set KRATOS_ADMIN_URL to the URL of the admin port, which is 4434 by default",
  );
  expect(lines.get("Kratos public API")).toBe(
    "FAIL: KRATOS_PUBLIC_URL is wrong: this looks like Kratos' admin port; set KRATOS_PUBLIC_URL to the URL of the public port, which is 4433 by default",
  );
  expect(exit).toBe(1);
}, 30_000);

it("reports a KRATOS_PUBLIC_URL at which nothing listens", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: "http://127.0.0.1:9", API_KEYS });
  expect(lines.get("Kratos public API")).toMatch(/^FAIL: cannot be used at http:\/\/127\.0\.0\.1:9: .*nothing listens at this address/);
  expect(lines.get("Kratos health")).toBe("ok: ready");
  expect(exit).toBe(1);
}, 30_000);

describe("if sessions of Kratos are accepted", () => {
  const CHECK = "Sessions of Kratos";
  const COOKIE = { KRATOS_SESSIONS: "true", KRATOS_SESSION_COOKIE: "my_session" };

  it.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("reports that a Kratos %s verifies them, and that only signed-in users may call the server", async (version) => {
    const kratos = await stopAfterTest(startFakeKratos({ version }));
    const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, HOST: "0.0.0.0", ...COOKIE });
    expect(lines.get("Authentication")).toBe("ok: signed-in users only, with their sessions of Kratos");
    expect(lines.get(CHECK)).toBe("ok: verified by the public API; the expected cookie is my_session (session.cookie.name in the Kratos configuration)");
    expect(exit).toBe(0);
  }, 30_000);

  it("lists API keys as well, and says nothing about sessions if they are not accepted", async () => {
    const kratos = await stopAfterTest(startFakeKratos());
    const urls = { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS };
    const { lines } = await doctor({ ...urls, ...COOKIE });
    expect([lines.get("API key shop"), lines.has("Authentication"), lines.get(CHECK)]).toEqual(["ok: identities:read flows:read", false, expect.stringMatching(/^ok/)]);
    expect((await doctor(urls)).lines.has(CHECK)).toBe(false);
  }, 30_000);

  it.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("reports that the admin port of a Kratos %s cannot verify them, and which variable to correct", async (version) => {
    const kratos = await stopAfterTest(startFakeKratos({ version }));
    const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.adminUrl, ...COOKIE });
    expect(lines.get(CHECK)).toMatch(/^FAIL: cannot be verified: .*KRATOS_PUBLIC_URL/);
    expect(exit).toBe(1);
  }, 30_000);

  it("reports a server in the place of Kratos that accepts any session", async () => {
    const kratos = await stopAfterTest(startFakeKratos());
    const session = { id: "s", active: true, identity: { id: UNKNOWN_ID, schema_id: "default", schema_url: "", traits: {} } };
    const trusting = await stopAfterTest(
      startLoopbackServer((request, response) =>
        request.url === "/sessions/whoami" ? response.setHeader("content-type", "application/json").end(JSON.stringify(session)) : forwardTo(() => kratos.publicUrl)(request, response),
      ),
    );
    const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: trusting.url, ...COOKIE });
    expect(lines.get(CHECK)).toBe("FAIL: Kratos accepts any session; check KRATOS_PUBLIC_URL and KRATOS_HEADERS");
    expect(exit).toBe(1);
  }, 30_000);
});

(hasRedis ? describe : describe.skip)("with a Redis", () => {
  const REDIS_IS: readonly [what: string, advice: RegExp, breakIt: (redis: RedisUnderTest) => string | Promise<string>][] = [
    ["that is down", /nothing listens at this address: check that Redis is running/, async (redis) => (await redis.stop(), redis.url)],
    ["that requires a password", /NOAUTH.*; Redis requires a password: add it to REDIS_URL/, ({ url }) => url.replace(/:\/\/.*@/, "://")],
    ["that has another password", /WRONGPASS.*; Redis does not accept the user or the password/, ({ url }) => url.replace(/:[^:/]+@/, ":other@")],
    ["that is full", /OOM.*; the memory of Redis is full: increase its maxmemory/, ({ url }) => send(url, (redis) => redis.config("SET", "maxmemory", "1"))],
    ["that is a replica", /READONLY.*; this Redis is a replica/, ({ url }) => send(url, (redis) => redis.replicaof("127.0.0.1", 9))],
    ["that does not respond", /timed out; Redis does not respond in time/, (redis) => (redis.pause(), redis.url)],
    ["without TLS, by a rediss:// URL", /ETIMEDOUT.*; .*whether Redis uses TLS \(rediss:\/\/\) or not \(redis:\/\/\)/, ({ url }) => url.replace("redis:", "rediss:")],
  ];

  const send = async (url: string, command: (redis: Redis) => Promise<unknown>): Promise<string> => {
    const redis = new Redis(url);
    await command(redis);
    redis.disconnect();
    return url;
  };
  const check = async (url: string) => (await checkCallers(loadConfig({ API_KEYS, REDIS_URL: url }))).find(({ check }) => check === "Redis")!;

  it.each(REDIS_IS)("%s, reports it, and says what to do", async (_, advice, breakIt) => {
    const url = await breakIt(await stopAfterTest(startRedis()));
    const { status, message } = await check(url);
    expect(status).toBe("FAIL");
    expect(message).toMatch(/^cannot count requests at 127\.0\.0\.1:\d+, so each server counts on its own: /);
    expect(message).toMatch(advice);
    expect(message).not.toContain("canary-password");
  });

  it("that works, reports it as ok", async () => {
    const redis = await stopAfterTest(startRedis());
    expect(await check(redis.url)).toEqual({ check: "Redis", status: "ok", message: `counts requests at 127.0.0.1:${redis.port}` });
  });

  it("that is unavailable, says the same in the log of the server", async () => {
    const { url } = await stopAfterTest(startRedis());
    const withoutPassword = url.replace(/:\/\/.*@/, "://");
    const { logger, lines } = captureLog();
    const rateLimit = await createRateLimit({ requests: 1, windowS: 1, redisUrl: withoutPassword }, logger);
    await eventually("the log says what to do", () => lines.some((line) => line.includes("add it to REDIS_URL")));
    await rateLimit.stop();
  });
});

it("reports a clock that differs from that of Kratos by a minute", async () => {
  const { url } = await stopAfterTest(
    startLoopbackServer((request, response) => {
      response.setHeader("date", new Date(Date.now() - 60_000).toUTCString());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(request.url === "/version" ? { version: "v0.6.3-alpha.1" } : { status: "ok" }));
    }),
  );
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: url, API_KEYS });
  expect(lines.get("Clock")).toMatch(/^FAIL: differs .* by (59|60|61) s;/);
  expect(exit).toBe(1);
}, 30_000);

it("reports each problem in the environment on a line of its own", async () => {
  const { exit, lines, out } = await doctor({ PORT: "x", KRATOS_ADMIN_URL: "x" });
  expect(out.match(/^FAIL +Configuration/gm)).toHaveLength(2);
  expect(lines.get("Configuration")).toBeDefined();
  expect(exit).toBe(1);
}, 30_000);
