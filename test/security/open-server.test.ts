import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { sendRaw } from "../support/http.js";
import { startScriptedKratos } from "../support/scripted-kratos.js";
import { useFacade } from "../support/use-facade.js";

const { facade, kratos } = useFacade(() => startScriptedKratos("v26.2.0"), { allowedHosts: ["kratos-graphql"] });

const json = ["content-type", "application/json"] as const;

it("does not start without authentication on an address that others can reach, and says what to set", async () => {
  const program = await startCli({ HOST: "0.0.0.0", KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  expect(await program.ended).toBe(1);
  expect(program.stdout).toBe("");
  expect(program.stderr.trimEnd().split("\n")).toHaveLength(1);
  for (const name of ["kratos-graphql: HOST must be a loopback address", '"0.0.0.0"', "API_KEYS", "kratos-graphql keys create", "JWT_JWKS_URL", "INSECURE_NO_AUTH=true"]) {
    expect(program.stderr).toContain(name);
  }
}, 30_000);

it.each(["localhost", "LOCALHOST", "localhost:4000", "127.0.0.1", "127.0.0.1:4000", "127.1.2.3:80", "[::1]", "[::1]:4000", "kratos-graphql:4000", "Kratos-GraphQL"])("answers requests for the host %s", async (host) => {
  const { text } = await sendRaw(`${facade.url}/graphql`, "POST", [["host", host], json], '{"query":"{ version }"}');
  expect(JSON.parse(text)).toEqual({ data: { version: "v26.2.0" } });
});

it.each([
  "evil.example.org",
  "evil.example.org:4000",
  "localhost.evil.example.org",
  "kratos-graphql.evil.example.org",
  "kratos-graphql:4000:4000",
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
])("answers no request for the host %j: no operation and no explorer", async (host) => {
  const before = kratos.seen.length;
  for (const [path, method, body] of [["/graphql", "POST", '{"query":"{ version }"}'], ["/graphql", "GET", ""], ["/explorer/", "GET", ""], ["/", "GET", ""]] as const) {
    const headers = [["host", host], json, ["accept", "text/html"], ["x-forwarded-host", "localhost"], ["forwarded", "host=localhost"]] as const;
    const { status, text } = await sendRaw(facade.url + path, method, headers, body);
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([421, "MISDIRECTED_REQUEST"]);
  }
  expect(kratos.seen).toHaveLength(before);
});

it("keeps the check if the port is published to this machine only, as in docker-compose.yml, and answers health checks for any host", async () => {
  const environment = parse(readFileSync("docker-compose.yml", "utf8")).services["kratos-graphql"].environment;
  const server = await startCli({ ...environment, PORT: "0", KRATOS_ADMIN_URL: kratos.url, KRATOS_PUBLIC_URL: kratos.url });
  const url = (await graphqlUrlOf(server)).replace("0.0.0.0", "127.0.0.1");
  const ask = async (host: string) => (await sendRaw(url, "POST", [["host", host], json], '{"query":"{ version }"}')).status;
  expect(await ask("evil.example.org:4000")).toBe(421);
  expect([await ask("127.0.0.1:4000"), await ask("kratos-graphql:4000")]).toEqual([200, 200]);
  expect((await sendRaw(new URL("/health/live", url).href, "GET", [["host", "10.1.2.3:4000"]])).status).toBe(200);
}, 30_000);

it("lets no page of another site in by CORS", async () => {
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
