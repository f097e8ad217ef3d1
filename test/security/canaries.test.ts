import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { BasicTracerProvider, InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { Registry } from "prom-client";
import { buildFacadeSchema } from "../../src/graphql/schema.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { operationsOf } from "../support/schema-walk.js";
import { startScriptedKratos, type Scripted } from "../support/scripted-kratos.js";
import { createFacadeUnderTest, startFacade, useFacade, type Reply } from "../support/use-facade.js";

const ID = "11111111-1111-4111-8111-111111111111";
const MARK = "CANARY";
/** A text that may be returned as data, and appear nowhere else. */
const canary = (where: string) => `${MARK}-${where}@leak.example`;

const OPERATIONS = operationsOf(buildFacadeSchema().schema);
const VARIABLES: Readonly<Record<string, unknown>> = {
  id: ID,
  first: 2,
  // A cursor of one version is invalid on the other.
  after: null,
  identifier: "canary@example.com",
  externalId: "crm-1",
  sessionToken: "ory_st_CANARY-session-token",
  representations: [{ __typename: "Identity", id: ID }, { __typename: "IdentitySchema", id: "default" }],
};
const INPUTS: Readonly<Record<string, unknown>> = {
  createIdentity: { schemaId: "default", traits: { email: canary("new-trait") } },
  importIdentities: { identities: ["first", "second"].map((name) => ({ schemaId: "default", traits: { email: canary(name) } })) },
  updateIdentity: { id: ID, schemaId: "device", traits: { email: canary("changed-trait") } },
  patchIdentity: { id: ID, traits: { merge: { email: canary("merged-trait") } } },
  verifyAddress: { identityId: ID, address: canary("address") },
  deleteIdentity: { id: ID },
  deleteIdentityCredential: { identityId: ID, type: "oidc", identifier: canary("deleted-account") },
  createRecoveryLink: { identityId: ID, expiresIn: "1h" },
  createRecoveryCode: { identityId: ID, expiresIn: "1h" },
  extendSession: { id: ID },
  revokeSession: { id: ID },
  revokeIdentitySessions: { identityId: ID },
  updateViewerTraits: { traits: { email: canary("own-trait") } },
};

const times = { created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z" };
const address = { id: ID, value: canary("address"), verified: true, via: canary("via"), status: canary("status"), ...times };
const identity = {
  id: ID,
  schema_id: "default",
  schema_url: `http://kratos/${canary("schema-url")}`,
  state: canary("state"),
  traits: { email: canary("trait"), name: { last: canary("nested-trait") } },
  verifiable_addresses: [address],
  recovery_addresses: [address],
  metadata_public: { plan: canary("metadata-public") },
  metadata_admin: { note: canary("metadata-admin") },
  credentials: {
    password: { identifiers: [canary("identifier")], config: { hashed_password: canary("hash") } },
    totp: { config: { totp_url: canary("totp-secret") } },
    lookup_secret: { config: { recovery_codes: [{ code: canary("lookup-secret") }] } },
    webauthn: { config: { credentials: [{ public_key: canary("public-key") }], user_handle: canary("user-handle") }, secret: canary("other-secret") },
    oidc: { identifiers: [`google:${canary("subject")}`], config: { providers: [{ initial_id_token: canary("id-token"), initial_access_token: canary("access-token") }] } },
  },
  ...times,
};
const session = {
  id: ID,
  active: true,
  expires_at: "2199-01-01T00:00:00Z",
  authenticated_at: times.created_at,
  issued_at: times.created_at,
  authenticator_assurance_level: "aal1",
  authentication_methods: [{ method: canary("method"), aal: "aal1", completed_at: times.created_at, provider: canary("provider"), organization: canary("organization") }],
  devices: [{ id: ID, ip_address: canary("ip-address"), user_agent: canary("user-agent"), location: canary("location") }],
  identity,
  tokenized: canary("tokenized"),
  token: canary("session-token"),
  logout_token: canary("logout-token"),
};
const message = {
  id: ID,
  status: "sent",
  type: "email",
  recipient: canary("recipient"),
  subject: canary("message-subject"),
  body: canary("message-body"),
  template_type: canary("template"),
  template_data: canary("template-data"),
  send_count: 1,
  dispatches: [{ id: ID, message_id: ID, status: "failed", error: { reason: canary("dispatch-error") }, ...times }],
  ...times,
};
const text = { id: 1, text: canary("ui-text"), type: "info", context: { secret: canary("ui-context") } };
const flow = {
  id: ID,
  type: "api",
  issued_at: times.created_at,
  expires_at: times.created_at,
  request_url: `http://kratos/?login_hint=${canary("request-url")}`,
  return_to: canary("return-to"),
  active: "code",
  session_token_exchange_code: canary("exchange-code"),
  identity,
  ui: {
    action: canary("action"),
    method: "POST",
    messages: [text],
    nodes: [
      { type: "input", group: "code", attributes: { name: "traits.email", type: "text", value: canary("node-value"), label: text }, messages: [text], meta: { label: text } },
      { type: "text", group: "totp", attributes: { text, id: "totp_secret_key" }, messages: [], meta: {} },
      { type: "a", group: "code", attributes: { href: canary("href"), title: text }, messages: null, meta: {} },
      { type: "hologram", group: "code", attributes: { beam: canary("unknown-node") }, messages: [], meta: {} },
    ],
  },
};
const errorBody = (code: number, details: object = {}) => ({
  id: canary("error-id"),
  code,
  status: canary("error-status"),
  request: canary("error-request"),
  reason: canary("reason"),
  message: `pq: duplicate key (${canary("message")})`,
  debug: `goroutine 1\n${canary("debug")}`,
  details: { redirect_to: `http://kratos/${canary("way-on")}`, use_flow_id: canary("use-flow-id"), ...details },
});

/** The responses of a healthy Kratos. */
function healthy(path: string, method = "GET"): Scripted {
  if (path.includes("/health/")) return { json: { status: canary("health") } };
  if (path.includes("/metrics/")) return { text: canary("metrics") };
  if (/\/schemas\?/.test(path)) return { json: [{ id: "default", schema: { title: canary("schema") } }] };
  if (path.includes("/schemas/")) return { json: { title: canary("schema") } };
  if (path.includes("/self-service/errors")) return { json: { id: ID, error: errorBody(500), errors: [errorBody(500)], ...times } };
  if (path.includes("/flows") || path.includes("/self-service/settings")) return { json: flow };
  if (path.includes("/recovery/link")) return { json: { recovery_link: `http://kratos/recovery?token=${canary("link")}`, expires_at: times.created_at } };
  if (method !== "DELETE" && path.includes("/sessions")) return { json: /sessions\/[0-9a-f-]{36}/.test(path) ? session : [session] };
  if (path.includes("/courier/messages")) return { json: /messages\/[0-9a-f-]{36}/.test(path) ? message : [message] };
  if (path.includes("/recovery/code")) {
    return { json: { recovery_link: `http://kratos/recovery?flow=${canary("code-link")}`, recovery_code: canary("code"), expires_at: times.created_at } };
  }
  if (method === "PATCH" && path.endsWith("/identities")) return { json: { identities: [{ action: "create", identity: ID }, { action: "error", error: errorBody(409) }] } };
  if (method === "DELETE") return { status: 204, text: "" };
  return { headers: { link: `<http://kratos/?page_token=${canary("link-header")}>; rel="next"` }, json: /identities(\?|$)/.test(path) && method === "GET" ? [identity] : identity };
}

const whole = { ...identity, ...flow, recovery_link: "", errors: [{ message: "" }] };
/** Objects in place of strings, and strings in place of numbers and booleans. */
const misfits = JSON.parse(JSON.stringify(whole), (key, value: unknown) => {
  if (typeof value === "number" || typeof value === "boolean") return canary("no-number");
  return typeof value === "string" && key !== "type" ? { deep: [canary("no-text")] } : value;
});
const noLists = { ...whole, verifiable_addresses: canary("no-list"), ui: canary("no-ui"), errors: canary("no-errors") };

const FAILURES: readonly (readonly [string, Scripted | ((path: string) => Scripted)])[] = [
  ...[400, 401, 403, 404, 409, 410, 422, 500, 503].map(
    (status): [string, Scripted] => [`an error body with status ${status}`, { status, json: { error: errorBody(status) } }],
  ),
  ["an error because a method is disabled", { status: 400, json: { error: { reason: `${canary("x")} is not allowed because it was disabled` } } }],
  ["a plain-text error", { status: 500, text: canary("plain-text") }],
  ["truncated JSON", { json: undefined, headers: { "content-type": "application/json" }, text: `{"id": "${canary("malformed")}` }],
  ["an error in JSON that is cut off", { status: 500, headers: { "content-type": "application/json" }, text: `{"error": "${canary("malformed")}` }],
  ["JSON of another shape", { json: { hello: canary("shape") } }],
  ["a JSON list of another shape", { json: [canary("list")] }],
  ["a JSON string", { json: canary("string") }],
  ["values of the wrong types", (path) => ({ json: /identities(\?|$)/.test(path) ? [misfits] : misfits })],
  ["strings in place of lists and objects", (path) => ({ json: /identities(\?|$)/.test(path) ? [noLists] : noLists })],
  ["HTML in place of metrics", { headers: { "content-type": `text/${MARK}` }, text: canary("html") }],
  ["a redirect to another host", { status: 307, headers: { location: `http://db.internal/${canary("path")}?token=${canary("location")}` }, text: "" }],
  ["a relative redirect", { status: 302, headers: { location: `/${canary("relative")}` }, text: "" }],
  ["a redirect to an error page", { status: 302, headers: { location: `http://ui/error?error=${canary("error-page")}` }, text: "" }],
];

let answer: typeof FAILURES[number][1] | typeof healthy = healthy;
let version = "v26.2.0";

function respond({ method }: IncomingMessage, path: string): Scripted {
  if (path === "/version") return { json: { version } };
  // Only signed-in users ask, and without it there is nothing that could fail.
  if (path === "/sessions/whoami") return { json: session };
  return typeof answer === "function" ? answer(path, method) : answer;
}

const { logger, lines, entries } = captureLog();
const limits = { aliases: 1000, depth: 100, rootFields: 100, directives: 100, tokens: 100_000, cost: 1e6 };
const metrics = new Registry();
const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const { kratos, facade } = useFacade(() => startScriptedKratos(version, respond), { logger, limits, metrics, tracerProvider });

beforeAll(async () => {
  for (let time = 0; time < 3; time++) await sendAll();
});

beforeEach(() => {
  lines.length = 0;
});

const HEADERS = { cookie: `csrf=${MARK}-cookie`, "x-session-token": `${MARK}-header-token`, authorization: `Bearer ${MARK}-bearer` };

/** Sends every operation. Repeated queries run compiled, and those with a new comment do not. */
async function sendAll(comment = "", to = facade, headers: Record<string, string> = HEADERS, operations = OPERATIONS): Promise<Reply<Record<string, any>>[]> {
  const sent = operations.map(({ field, text, args }) =>
    to.send(text + comment, Object.fromEntries(args.map(({ name }) => [name, name === "input" ? INPUTS[field] : VARIABLES[name]])), headers),
  );
  return Promise.all(sent);
}

/** What would be exported of a span. */
const toText = ({ name, attributes, events, status }: ReadableSpan) => JSON.stringify([name, attributes, events, status]);

async function expectNothingOut(replies: readonly Reply<unknown>[]) {
  expect(lines.join("")).not.toContain(MARK);
  const errors = JSON.stringify(replies.map((reply) => reply.errors ?? []));
  expect(errors).not.toMatch(/CANARY|goroutine|pq:|duplicate key|db\.internal|node_modules|\.[jt]s:\d/);
  expect(errors).not.toContain(new URL(kratos.adminUrl).host);
  expect(await metrics.metrics()).not.toContain(MARK);
  const traced = spans.getFinishedSpans().map(toText);
  expect(traced.length).toBeGreaterThan(replies.length);
  expect(traced.join("\n")).not.toContain(MARK);
  spans.reset();
}

describe.each(["v0.6.3-alpha.1", "v26.2.0"])("before a Kratos %s", (release) => {
  beforeEach(async () => {
    version = release;
    // The server learns of it.
    answer = healthy;
    await facade.send("{ version }");
    lines.length = 0;
  });

  it("returns data in the fields of the graph, and nowhere else", async () => {
    answer = healthy;
    const replies = [...(await sendAll()), ...(await sendAll(`# ${release}`))];
    await expectNothingOut(replies);
    const failed = replies.flatMap(({ errors }) => errors ?? []).filter(({ extensions }) => extensions?.["code"] !== "UNSUPPORTED_BY_KRATOS");
    // These two are for signed-in users.
    expect(failed.map(({ path, extensions }) => [path, extensions!["code"]])).toEqual(["revokeOtherSessions", "updateViewerTraits", "revokeOtherSessions", "updateViewerTraits"].map((field) => [[field], "FORBIDDEN"]));
    const data = JSON.stringify(replies);
    for (const given of ["trait", "nested-trait", "address", "metadata-admin", "link", ...(release === "v26.2.0" ? ["code", "code-link", "identifier", "subject", "ip-address", "user-agent", "recipient", "message-body", "dispatch-error"] : []), "node-value", "ui-context"]) expect(data).toContain(canary(given));
    const secrets = ["hash", "totp-secret", "lookup-secret", "public-key", "user-handle", "other-secret", "id-token", "access-token"];
    for (const kept of [...secrets, "exchange-code", "debug", "tokenized", "session-token", "logout-token", "template-data"]) expect(data).not.toContain(canary(kept));
    // The mutations are logged, so there is something to search.
    expect(lines.filter((line) => line.includes('"outcome":"DONE"') && !line.includes("importIdentities"))).toHaveLength(release === "v26.2.0" ? 22 : 8);
  });

  // A status means the same in every version, except for unknown paths and flows.
  const failures = FAILURES.filter(([name]) => release === "v26.2.0" || !/status (?!404|410)/.test(name));

  it.each(failures)("leaks nothing into the log or the errors with %s", async (name, failure) => {
    answer = failure;
    await expectNothingOut(await sendAll());
    // The path without compilation is the same for both, so one version is enough.
    if (release === "v26.2.0") await expectNothingOut(await sendAll(`# ${name}`));
  });
});

describe("of a signed-in user", () => {
  const own = OPERATIONS.filter(({ field }) => ["viewer", "updateViewerTraits", "revokeOtherSessions", "revokeSession"].includes(field));
  const options = { logger, limits, metrics: new Registry(), tracerProvider, authentication: { apiKeys: [], sessions: { cookie: "session" } } };
  const { at } = useServers(async (cleanups) => ({ at: cleanups.use(await createFacadeUnderTest(kratos, options)) }));
  const clients = [{ "x-session-token": `${MARK}-header-token` }, { cookie: `other=${MARK}-other-cookie; session=${MARK}-cookie`, "sec-fetch-site": "same-origin" }] as Record<string, string>[];

  it.each([["no failure", healthy] as const, ...FAILURES])("leaks nothing into the log or the errors, nor the credential anywhere, with %s", async (_, failure) => {
    version = "v26.2.0";
    answer = failure;
    for (const headers of clients) {
      const replies = await sendAll("", at, headers, own);
      await expectNothingOut(replies);
      expect(JSON.stringify(replies)).not.toMatch(/CANARY-(header-token|cookie|other-cookie)/);
      const viewer = replies.find(({ data }) => data && "viewer" in data);
      expect(viewer!.data!["viewer"].identity.traits).toEqual(identity.traits);
    }
    expect(lines.some((line) => line.includes(`session:${ID}`))).toBe(true);
  });
});

describe("the log line of a failure of Kratos", () => {
  it("has what is needed to find the failure in the log of Kratos", async () => {
    version = "v26.2.0";
    const request = randomUUID();
    answer = { status: 500, json: { error: { ...errorBody(500), id: "internal_server_error", request } } };
    await facade.send(`{ identity(id: "${ID}") { id } }`);
    // The last line is that of the request.
    expect(entries().slice(0, -1)).toEqual([
      expect.objectContaining({ operation: "getIdentity", path: "identity", detail: `code 500, error internal_server_error, request ${request}` }),
    ]);
  });

  it("has the origin of a redirect, without its path and query", async () => {
    answer = { status: 307, headers: { location: `http://db.internal/a?b=${canary("location")}` }, text: "" };
    await facade.send(`{ identity(id: "${ID}") { id } }`);
    expect(JSON.parse(lines[0]!)).toMatchObject({ detail: "redirects to http://db.internal" });
  });
});

it("leaks nothing into the log or the errors with a response that is not HTTP", async () => {
  const server = createServer((socket) => socket.on("data", () => socket.end(`HTTP/1.1 200 OK\r\n${canary("header line")}\r\n\r\n`)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await stopAfterTest({ stop: () => new Promise((resolve) => server.close(resolve)) });
  const adminUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const broken = await startFacade({ adminUrl, publicUrl: adminUrl }, { version: "v26.2.0", logger, limits, tracerProvider });
  await expectNothingOut(await sendAll("", broken));
  expect(lines.length).toBeGreaterThan(0);
});

it("writes nothing to the console or the standard streams", async () => {
  const written: unknown[] = [];
  const note = (...chunks: unknown[]) => written.push(...chunks) > 0;
  const spies = [jest.spyOn(process.stdout, "write"), jest.spyOn(process.stderr, "write")].map((spy) => spy.mockImplementation(note));
  const consoles = (["log", "info", "warn", "error", "debug"] as const).map((name) => jest.spyOn(console, name).mockImplementation(note));
  for (const failure of [healthy, { status: 500, json: { error: errorBody(500) } }]) {
    answer = failure;
    await sendAll();
  }
  for (const spy of [...spies, ...consoles]) spy.mockRestore();
  expect(JSON.stringify(written)).not.toContain(MARK);
});

describe("the leak watch of the contract suite", () => {
  const mutation = `mutation ($id: ID!) { deleteIdentity(input: { id: $id }) { deletedIdentityId } identity: updateIdentity(input: { id: $id, traits: {} }) { identity { traits } } }`;

  it("fails a suite that logs data of Kratos", async () => {
    version = "v26.2.0";
    answer = (path: string, method?: string) => (method === "PATCH" ? { json: { ...identity, traits: { note: "secret-of-kratos" } } } : healthy(path, method));
    const watched = await startFacade(kratos);
    // The caller's request ID is logged as it is.
    await watched.send(mutation, { id: ID }, { "x-request-id": "secret-of-kratos" });
    await expect(watched.stop()).rejects.toThrow("secret-of-kratos");
  });

  it("accepts a log without data of Kratos", async () => {
    const watched = await startFacade(kratos);
    await watched.send(mutation, { id: ID }, { "x-request-id": "something-else" });
    await expect(watched.stop()).resolves.toBeUndefined();
  });
});
