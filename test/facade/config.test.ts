import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, loadConfig } from "../../src/config.js";
import { makeAuthority, type Authority, type KeyPair } from "../support/certificates.js";

let certificates: { authority: Authority; client: KeyPair; stranger: KeyPair };

beforeAll(async () => {
  const authority = await makeAuthority("Our authority");
  certificates = { authority, client: await authority.sign("one"), stranger: await authority.sign("two") };
});

const mistakeIn = (env: Record<string, string>): string => {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error("the configuration was taken");
};

it("by default serves the fake Kratos on 127.0.0.1:4000, closed to other origins and hosts", () => {
  expect(loadConfig({})).toMatchObject({
    kratosAdminUrl: undefined,
    kratosTimeoutMs: 10_000,
    kratos: { connections: 64, queueLength: 256, headers: undefined },
    host: "127.0.0.1",
    port: 4000,
    maxConnections: 2000,
    graceMs: 10_000,
    authentication: { apiKeys: [] },
    facade: { allowedHosts: [], corsOrigins: [], maxBodyBytes: 1_000_000, explorers: true, introspection: true, batching: false },
  });
});

it("disables explorers and introspection by default in production only", () => {
  const explorers = (env: Record<string, string>) => {
    const { facade } = loadConfig(env);
    expect(facade.introspection).toBe(facade.explorers);
    return facade.explorers;
  };
  const production = { NODE_ENV: "production", KRATOS_ADMIN_URL: "http://kratos:4434" };
  expect(explorers(production)).toBe(false);
  expect(explorers({ ...production, EXPLORERS: "" })).toBe(false);
  expect(explorers({ ...production, EXPLORERS: "true" })).toBe(true);
  expect(explorers({ NODE_ENV: "development" })).toBe(true);
  expect(explorers({ EXPLORERS: "false" })).toBe(false);
});

describe("the built-in fake Kratos", () => {
  const missing = (condition: string) =>
    `KRATOS_ADMIN_URL must be set if ${condition}, e.g. to http://127.0.0.1:4434. To use the built-in fake Kratos, which keeps its identities in memory only, set KRATOS_EMBEDDED=true instead`;

  it("is used in production only if KRATOS_EMBEDDED is true", () => {
    expect(mistakeIn({ NODE_ENV: "production" })).toBe(missing("NODE_ENV is production"));
    expect(mistakeIn({ NODE_ENV: "production", KRATOS_EMBEDDED: "" })).toBe(missing("NODE_ENV is production"));
    expect(loadConfig({ NODE_ENV: "production", KRATOS_EMBEDDED: "true" }).kratosAdminUrl).toBeUndefined();
  });

  it("is used outside of production unless KRATOS_EMBEDDED is false", () => {
    expect(loadConfig({}).kratosAdminUrl).toBeUndefined();
    expect(mistakeIn({ KRATOS_EMBEDDED: "false" })).toBe(missing("KRATOS_EMBEDDED is false"));
  });

  it("is not used beside a Kratos", () => {
    const env = { KRATOS_ADMIN_URL: "http://kratos:4434" };
    expect(mistakeIn({ ...env, KRATOS_EMBEDDED: "true" })).toBe(
      "KRATOS_EMBEDDED=true is for the built-in fake Kratos, but KRATOS_ADMIN_URL is set; set only one of them",
    );
    expect(loadConfig({ ...env, KRATOS_EMBEDDED: "false" }).kratosAdminUrl).toBe(env.KRATOS_ADMIN_URL);
  });
});

describe("a variable whose name is similar to a known one", () => {
  it.each([
    ["KRATOS_ADMIN_ULR", "KRATOS_ADMIN_URL"],
    ["KRATOS_ADMN_URL", "KRATOS_ADMIN_URL"],
    ["KRATOS_ADMINURL", "KRATOS_ADMIN_URL"],
    ["kratos_admin_url", "KRATOS_ADMIN_URL"],
    ["ADMIN_KRATOS_URL", "KRATOS_ADMIN_URL"],
    ["API_KEY", "API_KEYS"],
    ["API_KEYS_FIEL", "API_KEYS_FILE"],
    ["TRAIT_MASK", "TRAITS_MASK"],
    ["SAFE_LIST", "SAFELIST"],
    ["NODE_EVN", "NODE_ENV"],
    ["JWT_TYPE", "JWT_TYP"],
  ])("is a problem: %s, for %s", (name, meant) => {
    expect(mistakeIn({ [name]: "x" })).toBe(
      `${name} is not a variable of this server; did you mean ${meant}? If another program needs ${name}, define ${meant} as well, if only as an empty variable`,
    );
  });

  it("is another program's if the known one is defined, even if it is empty", () => {
    expect(loadConfig({ API_KEY: "x", API_KEYS: "" }).authentication.apiKeys).toEqual([]);
    expect(loadConfig({ KRATOS_ADMIN_URI: "x", KRATOS_ADMIN_URL: "http://kratos:4434" }).kratosAdminUrl).toBe("http://kratos:4434");
  });

  it("is not one of a system, of Node.js, or of the services in a Kubernetes namespace", () => {
    const system = ["PATH", "POST", "HOME", "HOSTNAME", "HOSTTYPE", "HOSTS", "PORTS", "PROFILE", "LOGNAME", "SHELL", "TMPDIR", "NO_PROXY"];
    const node = ["NODE_OPTIONS", "NODE_PATH", "NODE_VERSION", "NODE_EXTRA_CA_CERTS", "npm_config_cache", "INIT_CWD"];
    const services = ["KRATOS", "KRATOS_ADMIN", "KRATOS_PUBLIC", "KRATOS_GRAPHQL", "REDIS"].flatMap((service) =>
      ["PORT", "SERVICE_HOST", "SERVICE_PORT", "PORT_4434_TCP", "PORT_4434_TCP_ADDR"].map((name) => `${service}_${name}`),
    );
    const others = ["REDIS_HOST", "REDIS_PASSWORD", "JWT_SECRET", "JWT_TTL", "KRATOS_URL", "KRATOS_UI_URL", "LOG_FILE", "OTEL_SERVICE_NAME"];
    expect(loadConfig(Object.fromEntries([...system, ...node, ...services, ...others].map((name) => [name, "x"]))).port).toBe(4000);
  });
});

it("treats an empty variable as not set", () => {
  expect(loadConfig({ KRATOS_ADMIN_URL: "", PORT: "" }).port).toBe(4000);
});

it("reads every variable, and secrets also from a file", () => {
  const keys = join(mkdtempSync(join(tmpdir(), "config-")), "keys");
  writeFileSync(keys, `# the shop's\nshop sha256:${"ab".repeat(32)} identities:read,flows:read\n`);
  const env = {
    KRATOS_ADMIN_URL: "http://kratos:4434/base/",
    KRATOS_PUBLIC_URL: "https://kratos.example.com",
    KRATOS_VERSION: "v1.3.1",
    KRATOS_TIMEOUT_MS: "500",
    KRATOS_CONNECTIONS: "7",
    KRATOS_QUEUE: "0",
    KRATOS_CA: certificates.authority.cert,
    KRATOS_CLIENT_CERT: certificates.client.cert,
    KRATOS_CLIENT_KEY: certificates.client.key,
    KRATOS_HEADERS: "Authorization: Bearer ory_pat_x\n\n# a comment\n  X-Tenant:one ",
    HOST: "0.0.0.0",
    PORT: "80",
    LOG_LEVEL: "warn",
    AUDIT_FILE: join(tmpdir(), "audit.log"),
    AUDIT_SUBJECT_HEADER: "X-User-Id",
    AUDIT_SUBJECT_CALLERS: "key:shop, jwt-client:gateway",
    SHUTDOWN_DELAY_MS: "7",
    GRACE_MS: "8",
    CORS_ORIGINS: "https://a.example.com, http://localhost:3000",
    TRUSTED_PROXIES: "10.0.0.0/8, ::1",
    API_KEYS_FILE: keys,
    JWT_ISSUER: "https://auth.example.com/",
    JWT_AUDIENCE: "kratos-graphql",
    JWT_JWKS_URL: "https://auth.example.com/.well-known/jwks.json",
    JWT_CLOCK_TOLERANCE_S: "10",
    JWT_TYP: "JWT",
    JWT_MAX_LIFETIME_S: "3600",
    ALLOWED_HOSTS: "Graph.example.com, [::2]",
    TRAITS_MASK: "email, name.last",
    INTROSPECTION: "true",
    EXPLORERS: "false",
    PUBLIC_SDL: "true",
    BATCHING: "true",
    RATE_LIMIT: "50/1s",
    REDIS_URL: "redis://:hunter2@redis:6379",
    MAX_CONNECTIONS: "300",
    MAX_BODY_BYTES: "5000",
    MAX_DEPTH: "1",
    MAX_ALIASES: "2",
    MAX_ROOT_FIELDS: "3",
    MAX_DIRECTIVES: "4",
    MAX_TOKENS: "50",
    MAX_COST: "6",
  };
  expect(loadConfig(env)).toEqual({
    kratosAdminUrl: env.KRATOS_ADMIN_URL,
    kratosPublicUrl: env.KRATOS_PUBLIC_URL,
    kratosVersion: "v1.3.1",
    kratosTimeoutMs: 500,
    kratos: {
      connections: 7,
      queueLength: 0,
      tls: { ca: env.KRATOS_CA, cert: env.KRATOS_CLIENT_CERT, key: env.KRATOS_CLIENT_KEY },
      headers: { authorization: "Bearer ory_pat_x", "x-tenant": "one" },
    },
    host: "0.0.0.0",
    port: 80,
    maxConnections: 300,
    logLevel: "warn",
    auditFile: env.AUDIT_FILE,
    shutdownDelayMs: 7,
    graceMs: 8,
    authentication: {
      apiKeys: [{ name: "shop", hash: Buffer.from("ab".repeat(32), "hex"), scopes: new Set(["identities:read", "flows:read"]) }],
      jwt: { issuer: env.JWT_ISSUER, audience: "kratos-graphql", jwksUrl: env.JWT_JWKS_URL, clockToleranceS: 10, tokenType: "JWT", maxLifetimeS: 3600 },
    },
    facade: {
      auditSubject: { header: "X-User-Id", callers: ["key:shop", "jwt-client:gateway"] },
      allowedHosts: ["graph.example.com", "[::2]"],
      corsOrigins: ["https://a.example.com", "http://localhost:3000"],
      trustedProxies: ["10.0.0.0/8", "::1"],
      introspection: true,
      explorers: false,
      batching: true,
      safelist: undefined,
      traitsMask: ["email", "name.last"],
      publicSdl: true,
      maxBodyBytes: 5000,
      rateLimit: { requests: 50, windowS: 1, redisUrl: env.REDIS_URL },
      limits: { depth: 1, aliases: 2, rootFields: 3, directives: 4, tokens: 50, cost: 6 },
    },
  });
});

it("limits each caller to 1,000 requests in 10 s by default, and can be changed or turned off", () => {
  const rateLimit = (env: Record<string, string>) => loadConfig({ API_KEYS: `a sha256:${"0".repeat(64)} system:read`, ...env }).facade.rateLimit;
  expect(rateLimit({})).toEqual({ requests: 1000, windowS: 10 });
  expect(rateLimit({ RATE_LIMIT: "5/1s" })).toEqual({ requests: 5, windowS: 1 });
  expect(rateLimit({ RATE_LIMIT: "off" })).toBeUndefined();
});

it("rejects a public address without authentication, unless INSECURE_NO_AUTH is set", () => {
  const message = mistakeIn({ HOST: "0.0.0.0" });
  for (const name of ["HOST", "API_KEYS", "JWT_ISSUER", "INSECURE_NO_AUTH=true", "kratos-graphql keys create"]) expect(message).toContain(name);
  for (const host of ["127.0.0.1", "localhost", "::1"]) expect(loadConfig({ HOST: host }).facade.allowedHosts).toEqual([]);
  expect(loadConfig({ HOST: "0.0.0.0", INSECURE_NO_AUTH: "true" }).facade.allowedHosts).toEqual([]);
  expect(loadConfig({ HOST: "0.0.0.0", API_KEYS: `a sha256:${"0".repeat(64)} system:read` }).facade.allowedHosts).toBeUndefined();
});

it.each([
  [{ KRATOS_ADMIN_URL: "kratos:4434" }, 'KRATOS_ADMIN_URL must be an http or https URL without user name, password or query, e.g. http://127.0.0.1:4434; received "kratos:4434"'],
  [{ KRATOS_ADMIN_URL: "ftp://kratos" }, 'KRATOS_ADMIN_URL must be an http or https URL without user name, password or query, e.g. http://127.0.0.1:4434; received "ftp://kratos"'],
  [{ KRATOS_VERSION: "newest" }, 'KRATOS_VERSION must be the full version of Kratos, e.g. v1.3.1 or v0.6.3-alpha.1; received "newest"'],
  [{ PORT: "70000" }, 'PORT must be an integer from 0 to 65535, e.g. 4000; received "70000"'],
  [{ PORT: "4k" }, 'PORT must be an integer from 0 to 65535, e.g. 4000; received "4k"'],
  [{ EXPLORERS: "yes" }, 'EXPLORERS must be true or false; received "yes"'],
  [{ CORS_ORIGINS: "*" }, 'CORS_ORIGINS must be a comma-separated list of origins, e.g. https://app.example.com; received "*"'],
  [{ KRATOS_PUBLIC_URL: "http://kratos:4433" }, "KRATOS_PUBLIC_URL requires KRATOS_ADMIN_URL, which is not set; set both, or neither to use the built-in fake Kratos"],
  [{ KRATOS_VERSION: "v1.3.1" }, "KRATOS_VERSION requires KRATOS_ADMIN_URL, which is not set; set both, or neither to use the built-in fake Kratos"],
  [{ EXPLORERS: "yes" }, 'EXPLORERS must be true or false; received "yes"'],
  [{ RATE_LIMIT: "many" }, 'RATE_LIMIT must be a number of requests per number of seconds, e.g. 1000/10s, or off; received "many"'],
  [{ ALLOWED_HOSTS: "http://graph" }, 'ALLOWED_HOSTS must be a comma-separated list of host names without ports, e.g. kratos-graphql,graph.example.com; received "http://graph"'],
  [{ TRAITS_MASK: "name..last" }, 'TRAITS_MASK must be a comma-separated list of trait paths, e.g. email,name.last; received "name..last"'],
  [{ TRAITS_MASK: "age,traits.email" }, 'TRAITS_MASK must be a comma-separated list of trait paths, e.g. email,name.last: write "email" in place of "traits.email"; received "age,traits.email"'],
  [{ TRAITS_MASK: "/traits/name/last" }, 'TRAITS_MASK must be a comma-separated list of trait paths, e.g. email,name.last: write "name.last" in place of "/traits/name/last"; received "/traits/name/last"'],
  [
    { API_KEYS: `shop sha256:${"0".repeat(64)} identities:read;desk sha256:${"0".repeat(64)} flows:read` },
    'API_KEYS must be lines as printed by "kratos-graphql keys create": "shop" and "desk" have the same hash, so they are the same key; remove one of the lines, or create another key',
  ],
  [{ REDIS_URL: "http://:hunter2@redis" }, "REDIS_URL must be a redis or rediss URL, e.g. redis://:password@redis:6379"],
  [{ API_KEYS_FILE: "/nowhere" }, 'API_KEYS_FILE must be the path of a readable file; received "/nowhere" (ENOENT)'],
  [{ API_KEYS: "x", API_KEYS_FILE: "x" }, "API_KEYS and API_KEYS_FILE are both set; set only one of them"],
  [
    { API_KEYS: "shop kg_secret identities:read" },
    'API_KEYS must be lines as printed by "kratos-graphql keys create": the hash of the key "shop" must be sha256: and 64 hexadecimal digits, as printed by "kratos-graphql keys create"',
  ],
  [
    { API_KEYS: `shop sha256:${"0".repeat(64)} identities:raed` },
    'API_KEYS must be lines as printed by "kratos-graphql keys create": the scopes of the key "shop" must be some of identities:read, identities:write, identities:delete, recovery:write, sessions:read, sessions:write, courier:read, flows:read, secrets:read, system:read, separated by commas without spaces; received "identities:raed"',
  ],
  [{ KRATOS_HEADERS: "X-A: b" }, "KRATOS_HEADERS requires KRATOS_ADMIN_URL, which is not set; set both, or neither to use the built-in fake Kratos"],
  [{ KRATOS_HEADERS: "X-A: b\nhunter2" }, 'KRATOS_HEADERS must be lines such as "Authorization: Bearer ory_pat_…": line 2 does not have this form'],
  [{ KRATOS_HEADERS: "Authorization: hunter2\u0007" }, 'KRATOS_HEADERS must be lines such as "Authorization: Bearer ory_pat_…": line 1 does not have this form'],
  [{ KRATOS_HEADERS: "Host: hunter2" }, 'KRATOS_HEADERS must be lines such as "Authorization: Bearer ory_pat_…": line 1 sets Host, which the server sets itself'],
  [{ KRATOS_HEADERS: "X-A: hunter2\nx-a: c" }, 'KRATOS_HEADERS must be lines such as "Authorization: Bearer ory_pat_…": line 2 sets x-a a second time'],
  [{ KRATOS_SESSIONS: "yes" }, 'KRATOS_SESSIONS must be true or false; received "yes"'],
  ...["a b", "a;b", "a=b", "Größe", '"a"'].map((name) => [
    { KRATOS_SESSION_COOKIE: name },
    `KRATOS_SESSION_COOKIE must be the name of a cookie, as in \`session.cookie.name\` of the Kratos configuration, e.g. ory_kratos_session; received ${JSON.stringify(name)}`,
  ]),
  [{ KRATOS_CA: "hunter2" }, "KRATOS_CA must be one or more certificates in PEM format, i.e. -----BEGIN CERTIFICATE-----…"],
  [{ KRATOS_CLIENT_KEY: "hunter2" }, "KRATOS_CLIENT_KEY must be a private key in PEM format without a passphrase, i.e. -----BEGIN PRIVATE KEY-----…"],
  [{ JWT_ISSUER: "https://auth.example.com/" }, "JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL must be set together, e.g. https://auth.example.com/, kratos-graphql and https://auth.example.com/.well-known/jwks.json; JWT_AUDIENCE and JWT_JWKS_URL are not set"],
  ...["10.0.0", "10.0.0.0/33", "10.0.0.0/8x", "10.0.0.0/", "gateway", "fd00::/129"].map((proxies) => [
    { TRUSTED_PROXIES: proxies },
    `TRUSTED_PROXIES must be a comma-separated list of addresses and subnets, e.g. 10.0.0.0/8,192.168.1.7; received "${proxies}"`,
  ]),
  [{ AUDIT_FILE: "/" }, 'AUDIT_FILE must be the path of a file that this process can write, e.g. /var/log/kratos-graphql/audit.log; received "/"'],
  [{ AUDIT_FILE: "/nowhere/a" }, 'AUDIT_FILE must be the path of a file that this process can write, e.g. /var/log/kratos-graphql/audit.log; received "/nowhere/a"'],
  [{ AUDIT_SUBJECT_HEADER: "X-User-Id" }, "AUDIT_SUBJECT_HEADER and AUDIT_SUBJECT_CALLERS must be set together, e.g. X-User-Id and key:gateway"],
  [{ AUDIT_SUBJECT_HEADER: "Cookie" }, 'AUDIT_SUBJECT_HEADER must be the name of a header that contains no credentials, e.g. X-User-Id; received "Cookie"'],
  [{ AUDIT_SUBJECT_CALLERS: "gateway" }, 'AUDIT_SUBJECT_CALLERS must be a comma-separated list of callers as they are in the log, e.g. key:gateway; received "gateway"'],
  [{ SAFELIST: "{}" }, 'SAFELIST must be a manifest of generate-persisted-query-manifest: {"format": "apollo-persisted-query-manifest", "version": 1, "operations": […]}'],
  [
    { KRATOS_ADMIN_URL: "http://admin:hunter2@kratos:4434" },
    'KRATOS_ADMIN_URL must be an http or https URL without user name, password or query, e.g. http://127.0.0.1:4434; received "http://…@kratos:4434"',
  ],
] as [Record<string, string>, string][])("reports for %j what was expected and what was received", (env, message) => {
  expect(mistakeIn(env)).toBe(message);
});

it("reports certificates that do not match, or that no URL uses", () => {
  const { authority, client, stranger } = certificates;
  const https = { KRATOS_ADMIN_URL: "https://kratos:4434" };
  expect(mistakeIn({ ...https, KRATOS_CLIENT_CERT: client.cert })).toBe("KRATOS_CLIENT_CERT and KRATOS_CLIENT_KEY must be set together");
  const mixed = mistakeIn({ ...https, KRATOS_CLIENT_CERT: client.cert, KRATOS_CLIENT_KEY: stranger.key });
  expect(mixed).toBe("KRATOS_CLIENT_KEY must be the private key of the certificate in KRATOS_CLIENT_CERT; received the key of another certificate");
  const plain = mistakeIn({ KRATOS_ADMIN_URL: "http://kratos:4434", KRATOS_CA: authority.cert });
  expect(plain).toBe("KRATOS_CA requires an https:// URL in KRATOS_ADMIN_URL or KRATOS_PUBLIC_URL");
  expect(loadConfig({ ...https, KRATOS_CA: authority.cert + client.cert }).kratos.tls!.ca).toContain(client.cert);
});

describe("KRATOS_SESSIONS=true", () => {
  const ready = { KRATOS_ADMIN_URL: "http://kratos:4434", KRATOS_PUBLIC_URL: "http://kratos:4433", KRATOS_SESSIONS: "true" };

  it("accepts the session cookie that KRATOS_SESSION_COOKIE names, and requires every caller to authenticate", () => {
    expect(loadConfig(ready).authentication).toEqual({ apiKeys: [], sessions: { cookie: "ory_kratos_session" } });
    expect(loadConfig({ ...ready, KRATOS_SESSION_COOKIE: "__Host-login" }).authentication.sessions).toEqual({ cookie: "__Host-login" });
    expect(loadConfig({ ...ready, KRATOS_SESSIONS: "false" }).authentication.sessions).toBeUndefined();
    expect(loadConfig({ ...ready, HOST: "0.0.0.0" }).facade).toMatchObject({ allowedHosts: undefined, rateLimit: { requests: 1000 } });
  });

  it("requires the public URL", () => {
    expect(mistakeIn({ ...ready, KRATOS_PUBLIC_URL: "" })).toBe(
      "KRATOS_SESSIONS=true requires KRATOS_PUBLIC_URL, because sessions are verified by Kratos' public API, e.g. http://127.0.0.1:4433",
    );
  });

  it.each([
    ["Cookie: ory_kratos_session=hunter2", "cookie"],
    ["X-Session-Token: hunter2", "x-session-token"],
    ["X-A: b\nx-session-token: hunter2", "x-session-token"],
    ["Authorization: Bearer ory_st_hunter2", "a bearer token in authorization"],
    ["authorization: bearer hunter2", "a bearer token in authorization"],
  ])("does not go together with the header %j, which Kratos could take for a session", (KRATOS_HEADERS, name) => {
    expect(mistakeIn({ ...ready, KRATOS_HEADERS })).toBe(
      `KRATOS_HEADERS must not contain ${name} if KRATOS_SESSIONS is true, because Kratos could take it for the session of a user`,
    );
    expect(loadConfig({ ...ready, KRATOS_SESSIONS: "false", KRATOS_HEADERS }).kratos.headers).toBeDefined();
  });

  it("goes together with other headers, e.g. basic authentication for a proxy", () => {
    expect(loadConfig({ ...ready, KRATOS_HEADERS: "Authorization: Basic YTpi" }).kratos.headers).toEqual({ authorization: "Basic YTpi" });
  });
});

it("reports all problems at once", () => {
  const message = mistakeIn({ PORT: "x", KRATOS_ADMIN_URL: "x", MAX_BODY_BYTES: "0" });
  for (const name of ["PORT", "KRATOS_ADMIN_URL", "MAX_BODY_BYTES"]) expect(message).toContain(`${name} must be`);
});

it("takes the identity schemas of typed traits, and only trust as TRAITS_REQUIRED", () => {
  expect(loadConfig({}).traits).toBeUndefined();
  expect(loadConfig({ TRAITS_SCHEMAS: "off" }).traits).toBeNull();
  expect(loadConfig({ TRAITS_SCHEMAS: "traits.json" }).traits).toEqual({ source: "traits.json", trustsSchema: false });
  expect(loadConfig({ TRAITS_SCHEMAS: "kratos", TRAITS_REQUIRED: "trust" }).traits).toEqual({ source: "kratos", trustsSchema: true });
  expect(mistakeIn({ TRAITS_SCHEMAS: "kratos", TRAITS_REQUIRED: "true" })).toBe('TRAITS_REQUIRED must be trust, which makes required traits non-null in the schema; received "true"');
  expect(mistakeIn({ TRAITS_SCHEMAS: "kratos", TRAITS_REQUIRED: "trust", TRAITS_MASK: "email" })).toBe(
    "TRAITS_REQUIRED=trust and TRAITS_MASK must not be set together, because the object with a required trait would be null for callers that the trait is hidden from; set only one of them",
  );
  expect(mistakeIn({ TRAITS_REQUIRED: "trust" })).toBe(
    "TRAITS_REQUIRED requires TRAITS_SCHEMAS, which is not set; set it to the path of a file that maps names to identity schemas, or to kratos for all identity schemas of Kratos",
  );
  expect(mistakeIn({ TRAITS_SCHEMAS: "off", TRAITS_REQUIRED: "trust" })).toMatch(/^TRAITS_REQUIRED requires TRAITS_SCHEMAS, which is off; set it to/);
});

it.each([["3187"], [`sha256:${"A".repeat(64)}`], [`sha256:${"0".repeat(63)}`], ["0".repeat(64)]])("refuses the SCHEMA_HASH %s", (SCHEMA_HASH) => {
  expect(loadConfig({ SCHEMA_HASH: `sha256:${"0".repeat(64)}` }).facade.schemaHash).toBe(`sha256:${"0".repeat(64)}`);
  expect(mistakeIn({ SCHEMA_HASH })).toBe(`SCHEMA_HASH must be sha256: and the 64 hexadecimal digits that kratos-graphql schema | sha256sum prints; received "${SCHEMA_HASH}"`);
});
