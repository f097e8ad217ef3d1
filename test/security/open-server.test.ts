import { startFacade, type FacadeUnderTest } from "../support/facade-under-test.js";
import { start } from "../support/process.js";
import { sendRaw } from "../support/request.js";
import { startScriptedKratos, type ScriptedKratos } from "../support/scripted-kratos.js";

let kratos: ScriptedKratos;
let facade: FacadeUnderTest;

beforeAll(async () => {
  kratos = await startScriptedKratos("v26.2.0", () => undefined);
  facade = await startFacade({ adminUrl: kratos.url }, { loopbackOnly: true });
});

afterAll(async () => {
  await facade.stop();
  await kratos.stop();
});

const json = ["content-type", "application/json"] as const;

it("the process does not start where others could reach it and own every account, and says what to set", async () => {
  const { output, ended } = start({ HOST: "0.0.0.0", KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  expect(await ended).toBe(1);
  expect(output.out).toBe("");
  expect(output.error.trimEnd().split("\n")).toHaveLength(1);
  for (const name of ['kratos-graphql: HOST must be a loopback address', '"0.0.0.0"', "API_KEYS", "kratos-graphql keys create", "JWT_JWKS_URL", "INSECURE_NO_AUTH=true"]) {
    expect(output.error).toContain(name);
  }
}, 30_000);

it.each(["localhost", "LOCALHOST", "localhost:4000", "127.0.0.1", "127.0.0.1:4000", "127.1.2.3:80", "[::1]", "[::1]:4000"])("it answers as %s", async (host) => {
  const { text } = await sendRaw(`${facade.url}/graphql`, "POST", [["host", host], json], '{"query":"{ version }"}');
  expect(JSON.parse(text)).toEqual({ data: { version: "v26.2.0" } });
});

it.each([
  "evil.example.org",
  "evil.example.org:4000",
  "localhost.evil.example.org",
  "127.0.0.1.evil.example.org",
  "127.0.0.1.nip.io:4000",
  "evil.example.org:127.0.0.1",
  "localhost@evil.example.org",
  "evil.example.org#localhost",
  "evil.example.org, localhost",
  "localhost:4000.evil.example.org",
  "10.0.0.1",
  "0.0.0.0:4000",
  "[::]:4000",
  "[::ffff:10.0.0.1]",
  "",
])("it answers nothing to a page that reaches it as %j: no operation, no health, no explorer", async (host) => {
  const before = kratos.seen.length;
  for (const [path, method, body] of [["/graphql", "POST", '{"query":"{ version }"}'], ["/graphql", "GET", ""], ["/explorer/", "GET", ""], ["/health/ready", "GET", ""]] as const) {
    const headers = [["host", host], json, ["accept", "text/html"], ["x-forwarded-host", "localhost"], ["forwarded", "host=localhost"]] as const;
    const { status, text } = await sendRaw(facade.url + path, method, headers, body);
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([421, "MISDIRECTED_REQUEST"]);
  }
  expect(kratos.seen).toHaveLength(before);
});

it("a page of another site gets nothing out of it by CORS either", async () => {
  const headers = [["origin", "http://evil.example.org"], json] as const;
  for (const method of ["OPTIONS", "POST"]) {
    const answer = await sendRaw(`${facade.url}/graphql`, method, [...headers, ["access-control-request-method", "POST"]], '{"query":"{ version }"}');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"))).toEqual([]);
  }
  const before = kratos.seen.length;
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
    const { status } = await sendRaw(`${facade.url}/graphql`, "POST", [["content-type", type]], '{"query":"{ version }"}');
    expect(status).toBeGreaterThanOrEqual(400);
  }
  expect(kratos.seen).toHaveLength(before);
});
