import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createApiKey, parseApiKeys } from "../../src/server/auth/api-key.js";
import { CreateIdentityDocument, GetLoginFlowDocument } from "../generated/operations.js";
import { unknownIds } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { startScriptedKratos, type Scripted, type ScriptedKratos } from "../support/scripted-kratos.js";
import { codeOf, dataOf, startFacade, type FacadeUnderTest } from "../support/use-facade.js";

const ID = "11111111-1111-4111-8111-111111111111";
const ONE = `{ identity(id: "${ID}") { id state traits } version }`;
const IDENTITY = { id: ID, schema_id: "default", schema_url: "http://kratos/schemas/default", traits: {} };

let kratos: ScriptedKratos;
let facade: FacadeUnderTest;

async function serve(version: string, script: (path: string, request: IncomingMessage) => Scripted | undefined, timeoutMs = 2_000) {
  kratos = await stopAfterTest(startScriptedKratos(version, (request, path) => script(path, request)));
  facade = await startFacade(kratos, { timeoutMs });
}

const asked = (part: string) => kratos.seen.filter((line) => line.includes(part));

it.each([
  ["in other scripts", JSON.stringify({ "Größe": "Dvořák 山田 🙂 \u2028 \\ \" \ud83d", "é": ["é", { ř: "a\\ř" }] })],
  ["with escapes", '{"a":"\\u00e9\\\\u00e9\\ud83d\\ude42 é","b":"\\u0000"}'],
  ["with invalid UTF-8", Buffer.concat([Buffer.from('{"a":"ř'), Buffer.from([0xc3, 0xff, 0xf0, 0x9f]), Buffer.from('é"}')])],
] satisfies [string, string | Buffer][])("reads traits %s correctly, in a short body and in a long one", async (_, traits) => {
  for (const length of [0, 50_000]) {
    const [before, after] = JSON.stringify({ ...IDENTITY, metadata_public: "x".repeat(length) }).split("{}");
    const text = Buffer.concat([Buffer.from(before!), Buffer.from(traits), Buffer.from(after!)]);
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { headers: { "content-type": "application/json" }, text } : undefined));
    expect(dataOf(await facade.send(ONE))["identity"].traits).toEqual(JSON.parse(traits.toString()));
  }
});

describe("a failing Kratos", () => {
  it.each([
    ["an error with a stack trace and an address", { status: 500, json: { error: { code: 500, message: "pq: connection to postgres://u:p@db.internal:5432 refused", debug: "goroutine 1\n/kratos/main.go:12" } } }],
    ["plain text", { status: 500, text: "upstream connect error to 10.0.0.7:4434" }],
    ["HTML with status 200", { status: 200, headers: { "content-type": "text/html" }, text: "<html>Sign in at http://proxy.internal</html>" }],
    ["JSON of another shape", { status: 200, json: { hello: "http://db.internal" } }],
    ["404 for the path", { status: 404, text: "404 page not found\n" }],
    ["a redirect", { status: 307, headers: { location: "http://elsewhere.internal/identities" }, text: "" }],
  ] satisfies [string, Scripted][])("that responds with %s is a KRATOS_ERROR that reveals nothing of it", async (_, answer) => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? answer : undefined));
    const reply = await facade.send(ONE);
    expect(codeOf(reply)).toBe("KRATOS_ERROR");
    expect(reply.data).toEqual({ identity: null, version: "v26.2.0" });
    expect(JSON.stringify(reply.errors)).not.toMatch(/internal|10\.0\.0\.7|goroutine|main\.go|postgres|pq:|127\.0\.0\.1|<html/);
  });

  it("that does not respond is KRATOS_UNAVAILABLE within the deadline, including retries", async () => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? "hang" : undefined), 400);
    const start = process.hrtime.bigint();
    const reply = await facade.send(ONE);
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(2_000);
  });

  it("gets a read again if it hangs up", async () => {
    let times = 0;
    await serve("v26.2.0", (path) => (path.includes("/identities") ? (++times < 3 ? "reset" : { json: IDENTITY }) : undefined));
    expect(dataOf(await facade.send(ONE))["identity"].id).toBe(ID);
    expect(asked("/identities")).toHaveLength(3);
  });

  it("gets a read again if it hangs up and is then unavailable for a moment, as during a restart behind a load balancer", async () => {
    const responses: Scripted[] = ["reset", { status: 503, text: "" }];
    await serve("v26.2.0", (path) => (path.includes("/identities") ? (responses.shift() ?? { json: IDENTITY }) : undefined));
    expect(dataOf(await facade.send(ONE))["identity"].id).toBe(ID);
    expect(asked("/identities")).toHaveLength(3);
  });

  it.each(["reset", { status: 503, text: "" }] satisfies Scripted[])("never gets a mutation twice (%j)", async (answer) => {
    await serve("v26.2.0", (_path, { method }) => (method === "GET" ? undefined : answer));
    const reply = await facade.send(`mutation {
      createIdentity(input: { schemaId: "default", traits: {} }) { userErrors { code } }
      updateIdentity(input: { id: "${ID}", traits: {} }) { userErrors { code } }
      deleteIdentity(input: { id: "${ID}" }) { userErrors { code } }
      createRecoveryLink(input: { identityId: "${ID}" }) { userErrors { code } }
    }`);
    expect(reply.errors!.map(({ extensions }) => extensions?.["code"])).toEqual(Array(4).fill("KRATOS_UNAVAILABLE"));
    for (const method of ["POST", "PATCH", "DELETE"]) expect(asked(method)).toHaveLength(method === "POST" ? 2 : 1);
  });

  it("fails only one of many lookups in a batch", async () => {
    const other = ID.replaceAll("1", "2");
    await serve("v0.6.3-alpha.1", (path) =>
      path.endsWith(ID) ? { json: IDENTITY } : path.endsWith(other) ? { status: 500, json: { error: { message: "no" } } } : undefined,
    );
    const reply = await facade.send(`{ a: identity(id: "${ID}") { id } b: identity(id: "${other}") { id } }`);
    expect(reply.data).toEqual({ a: { id: ID }, b: null });
    expect(codeOf(reply)).toBe("KRATOS_ERROR");
  });
});

describe("a Kratos before v0.11, which supports only PUT", () => {
  const stored = { ...IDENTITY, state: "inactive", metadata_public: { plan: "gold" }, metadata_admin: [1] };

  it("gets its other fields back, so that an update of the traits erases nothing", async () => {
    const bodies: unknown[] = [];
    await serve("v0.10.1", (path, request) => {
      if (!path.endsWith(ID)) return undefined;
      if (request.method === "PUT") request.on("data", (chunk: Buffer) => bodies.push(JSON.parse(chunk.toString())));
      return { json: stored };
    });
    dataOf(await facade.send(`mutation { updateIdentity(input: { id: "${ID}", traits: { a: 1 } }) { identity { id } } }`));
    expect(asked("PUT")).toHaveLength(1);
    expect(bodies).toEqual([
      { schema_id: "default", state: "inactive", metadata_public: { plan: "gold" }, metadata_admin: [1], traits: { a: 1 } },
    ]);
  });

  it("never gets an update twice", async () => {
    await serve("v0.10.1", (path, { method }) => (path.endsWith(ID) ? (method === "PUT" ? "reset" : { json: stored }) : undefined));
    const reply = await facade.send(`mutation { updateIdentity(input: { id: "${ID}", traits: {} }) { userErrors { code } } }`);
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    expect(reply.errors![0]!.message).toContain("It is unknown whether the change was made.");
    expect(asked("PUT")).toHaveLength(1);
  });
});

describe("many identities of a Kratos that does not support ids=", () => {
  it("are requested one by one, sixteen at a time", async () => {
    let under = 0;
    let most = 0;
    await serve("v1.0.0", (path) => {
      if (!path.includes("/identities/")) return undefined;
      most = Math.max(most, ++under);
      return { later: () => under--, json: { ...IDENTITY, id: path.slice(-36) } };
    });
    const ids = unknownIds(64);
    const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }`;
    const { data } = await facade.send(query, { of: ids.map((id) => ({ __typename: "Identity", id })) });
    expect(data!["_entities"].map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(most).toBe(16);
  });
});

describe("a change of schema", () => {
  it("succeeds even if the identity cannot be read afterwards", async () => {
    await serve("v26.2.0", (path, { method }) =>
      path.endsWith(ID) ? (method === "PATCH" ? { json: IDENTITY } : { status: 404, json: { error: { code: 404 } } }) : undefined,
    );
    const reply = await facade.send(`mutation { updateIdentity(input: { id: "${ID}", schemaId: "x", traits: {} }) { identity { id } userErrors { code } } }`);
    expect(dataOf(reply)["updateIdentity"]).toEqual({ identity: { id: ID }, userErrors: [] });
  });
});

describe("entity representations", () => {
  it("fail alone, as bad input, if they are invalid", async () => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { json: IDENTITY } : undefined));
    const of = [{ __typename: "Identity" }, { __typename: "Order", id: "1" }, { id: ID }, "Identity", { __typename: "Identity", id: ID }];
    const reply = await facade.send(`query ($of: [_Any!]!) { _entities(representations: $of) { ... on Identity { id } } }`, { of });
    expect(reply.data!["_entities"]).toEqual([null, null, null, null, { id: ID }]);
    expect(reply.errors!.map(({ extensions }) => extensions?.["code"])).toEqual(Array(4).fill("BAD_USER_INPUT"));
    expect(reply.errors![1]!.message).toContain('received {"__typename":"Order","id":"1"}');
  });

  it("are rejected if there are more than 1,000, without a request to Kratos", async () => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { json: [] } : undefined));
    const query = "query ($of: [_Any!]!) { version _entities(representations: $of) { ... on Identity { id } } }";
    const send = (count: number) => facade.send(query, { of: Array.from({ length: count }, () => ({ __typename: "Identity", id: randomUUID() })) });
    for (let time = 0; time < 4; time++) {
      const reply = await send(1001);
      expect(codeOf(reply)).toBe("BAD_USER_INPUT");
      expect(reply.errors![0]!.message).toBe('"representations" must have at most 1000 items; received 1001.');
      expect(reply.data).toBeNull();
    }
    expect(asked("/identities")).toEqual([]);
    expect(dataOf(await send(1000))["_entities"]).toEqual(Array(1000).fill(null));
    expect(asked("/identities")).toHaveLength(5);
  });
});

describe("a proxy in the place of Kratos", () => {
  it("that responds with its own page is not reported as alive", async () => {
    await serve("v26.2.0", () => ({ status: 200, headers: { "content-type": "text/html" }, text: "<html>Welcome</html>" }));
    expect(dataOf(await facade.send("{ health { alive ready } }"))["health"]).toEqual({ alive: false, ready: false });
  });

  it("that returns the same page for every request does not cause an endless search", async () => {
    const page = Array.from({ length: 3 }, (_, at) => ({ ...IDENTITY, id: ID.replaceAll("1", `${at + 5}`) }));
    await serve("v0.6.3-alpha.1", (path) => (path.includes("/identities") ? { json: page } : undefined));
    const after = Buffer.from(`${ID}:0`).toString("base64url");
    expect(codeOf(await facade.send(`{ identities(first: 1, after: "${after}") { pageInfo { hasNextPage } } }`))).toBe("KRATOS_ERROR");
    expect(asked("/identities").length).toBeLessThan(50);
  });

  it("that asks to retry in an hour is not retried, and the caller gets the delay", async () => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { status: 503, headers: { "retry-after": "3600" }, text: "" } : undefined));
    const reply = await facade.send(ONE);
    expect(codeOf(reply)).toBe("KRATOS_UNAVAILABLE");
    expect(reply.errors![0]!.message).toContain("status 503");
    expect(reply.errors![0]!.extensions!["retryAfter"]).toBe(3600);
    expect(asked("/identities")).toHaveLength(1);
  });
});

describe("the status of a response", () => {
  it("is used in place of the code in the body, which often differs", async () => {
    const refusal = { code: 500, status: "Internal Server Error", message: 'json: unknown field "x"' };
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { status: 400, json: { error: refusal } } : undefined));
    const { createIdentity } = dataOf(await facade.ask(CreateIdentityDocument, { input: { schemaId: "default", traits: {} } }));
    expect(createIdentity!.userErrors).toEqual([{ code: "INVALID", message: 'json: unknown field "x"', path: ["input"] }]);
  });
});

describe("a future version of Kratos", () => {
  const flow = (node: object) => ({
    id: ID,
    type: "carrier-pigeon",
    issued_at: "2026-01-01T00:00:00Z",
    expires_at: "2026-01-02T00:00:00Z",
    request_url: "http://x/",
    active: "telepathy",
    ui: { action: "http://x/", method: "POST", nodes: [node], messages: [{ id: 1, text: "Hm", type: "warning" }] },
  });
  const node = { type: "hologram", group: "telepathy", attributes: { beam: true }, messages: [], meta: {} };

  it("may add values to its open sets", async () => {
    await serve("v26.2.0", (path) => (path.includes("/login/flows") ? { json: flow(node) } : undefined));
    expect(dataOf(await facade.ask(GetLoginFlowDocument, { id: ID })).flow).toMatchObject({
      type: null,
      active: "telepathy",
      ui: {
        messages: [{ type: "warning" }],
        nodes: [{ type: "hologram", group: "telepathy", attributes: { __typename: "UiNodeOtherAttributes", attributes: { beam: true } } }],
      },
    });
  });

  it("may add a state of identities, which is null", async () => {
    await serve("v26.2.0", (path) => (path.includes("/identities") ? { json: { ...IDENTITY, state: "dormant" } } : undefined));
    expect(dataOf(await facade.send(ONE))["identity"].state).toBeNull();
  });
});

describe("an unready Kratos", () => {
  it("reports which check fails, without its message, which contains addresses", async () => {
    await serve("v26.2.0", (path) =>
      path === "/health/alive"
        ? { json: { status: "ok" } }
        : path === "/health/ready"
          ? { status: 503, json: { errors: { database: "dial tcp 10.0.0.7:5432: connect: connection refused" } } }
          : undefined,
    );
    expect(dataOf(await facade.send("{ health { alive ready errors { name message } } }"))["health"]).toEqual({
      alive: true,
      ready: false,
      errors: [{ name: "database", message: "Kratos is not ready: its database check fails." }],
    });
    expect((await fetch(`${facade.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${facade.url}/health/live`)).status).toBe(200);
  });
});

it("finds the next page of a list if each link has a header of its own, as v0.11 sends them", async () => {
  const link = (token: string, rel: string) => `</admin/sessions?page_size=1&page_token=${token}>; rel="${rel}"`;
  await serve("v0.11.1", (path) => (path.includes("/sessions") ? { headers: { link: [link("a", "first"), link("b", "next")] }, json: [{ id: ID }] } : undefined));
  const query = "query ($after: String) { sessions(first: 1, after: $after) { pageInfo { hasNextPage endCursor } } }";
  const { sessions } = dataOf(await facade.send(query));
  expect(sessions.pageInfo.hasNextPage).toBe(true);
  dataOf(await facade.send(query, { after: sessions.pageInfo.endCursor }));
  expect(asked("/sessions")).toEqual(["GET /admin/sessions?page_size=1", "GET /admin/sessions?page_size=1&page_token=b"]);
});

it("shows the subject and the text of a message only with secrets:read, and no recipient if traits are masked", async () => {
  const message = { id: ID, status: "sent", type: "email", recipient: "ann@example.com", subject: "Use code 123456", body: "The code is 123456", template_type: "x", send_count: 1, created_at: "", updated_at: "" };
  await serve("v26.2.0", (path) => (path.includes("/courier/messages") ? { json: [message] } : undefined));
  const { key, line } = createApiKey("support", ["courier:read"]);
  const { key: secretKey, line: secretLine } = createApiKey("auditor", ["courier:read", "secrets:read"]);
  const masked = await startFacade(kratos, { authentication: { apiKeys: parseApiKeys(`${line}\n${secretLine}`) }, traitsMask: ["email"] });
  const ask = (bearer: string) => masked.send("{ courierMessages { edges { node { recipient subject body } } } }", {}, { authorization: `Bearer ${bearer}` });
  const hidden = await ask(key);
  expect(hidden.data!["courierMessages"].edges).toEqual([{ node: { recipient: "***", subject: null, body: null } }]);
  expect(hidden.errors!.map(({ extensions }) => extensions!["requiredScope"])).toEqual(["secrets:read", "secrets:read"]);
  expect(dataOf(await ask(secretKey))["courierMessages"].edges).toEqual([{ node: { recipient: message.recipient, subject: message.subject, body: message.body } }]);
});
