import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startEmbeddedKratos, type EmbeddedKratos } from "../../src/embedded/embedded-kratos.js";
import { start } from "../support/process.js";

interface Report {
  readonly exit: number;
  readonly out: string;
  /** The lines by what they are about. */
  readonly lines: ReadonlyMap<string, string>;
}

/** Runs `kratos-graphql doctor` as a process. */
async function doctor(env: Record<string, string>): Promise<Report> {
  const { output, ended } = start(env, "doctor");
  const exit = (await ended)!;
  const lines = output.out.split("\n").map((line) => /^(ok|note|FAIL) +(.+?) {2,}(.+)$/.exec(line));
  return { exit, out: output.out, lines: new Map(lines.flatMap((found) => (found ? [[found[2]!, `${found[1]}: ${found[3]}`]] : []))) };
}

async function serve(answer: Parameters<typeof createServer>[1]): Promise<{ url: string; server: Server }> {
  const server = createServer(answer!);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const API_KEYS = `shop sha256:${"0".repeat(64)} identities:read,flows:read`;

describe.each(["v0.6.3-alpha.1", "v26.2.0"] as const)("before an embedded Kratos %s", (version) => {
  let kratos: EmbeddedKratos;

  beforeAll(async () => {
    kratos = await startEmbeddedKratos({ version });
  });

  afterAll(() => kratos.stop());

  it("the doctor finds every field of Query at work, says what this release does not have, and ends with 0", async () => {
    const { exit, out, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, API_KEYS });
    expect(lines.get("Kratos version")).toBe(`ok: ${version}`);
    expect(lines.get("API key shop")).toBe("ok: identities:read flows:read");
    expect(lines.get("Clock")).toMatch(/^ok/);
    const fields = [...lines].filter(([check]) => check.startsWith("Query."));
    expect(fields.map(([check]) => check)).toHaveLength(14);
    expect(fields.filter(([, seen]) => !seen.startsWith("ok: works"))).toEqual([]);
    expect(lines.has("Identity.state")).toBe(version === "v0.6.3-alpha.1");
    expect(out).toMatch(/\nNo problems found\.\n$/);
    expect(exit).toBe(0);
  }, 30_000);
});

it("a release that needs KRATOS_PUBLIC_URL, without it, is a fault that names the fields that do not work", async () => {
  const kratos = await startEmbeddedKratos({ version: "v26.2.0" });
  const { exit, out, lines } = await doctor({ KRATOS_ADMIN_URL: kratos.adminUrl, API_KEYS });
  expect(lines.get("Kratos public API")).toMatch(/^FAIL: KRATOS_PUBLIC_URL is not set/);
  expect(lines.get("Query.loginFlow")).toMatch(/^FAIL: .*KRATOS_PUBLIC_URL/);
  expect(lines.get("Query.identity")).toMatch(/^ok/);
  expect(out).toMatch(/\n\d+ problems found\.\n$/);
  expect(exit).toBe(1);
  await kratos.stop();
}, 30_000);

it("a Kratos that is not there, and an issuer whose keys are not, are faults that say what to look at", async () => {
  const { url, server } = await serve((_, response) => response.writeHead(404).end("{}"));
  const jwt = { JWT_ISSUER: "https://auth.example.com/", JWT_AUDIENCE: "kratos-graphql", JWT_JWKS_URL: `${url}/jwks.json` };
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: "http://127.0.0.1:9", ...jwt });
  server.close();
  expect(lines.get("Kratos admin API")).toMatch(/^FAIL: cannot be reached at http:\/\/127\.0\.0\.1:9; .*KRATOS_ADMIN_URL/);
  expect(lines.get("JWTs of https://auth.example.com/")).toMatch(/^FAIL: found no keys at .*status 404.*JWT_JWKS_URL/);
  expect(exit).toBe(1);
}, 30_000);

it("a clock that is a minute off Kratos' is a fault", async () => {
  const { url, server } = await serve((request, response) => {
    response.setHeader("date", new Date(Date.now() - 60_000).toUTCString());
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(request.url === "/version" ? { version: "v0.6.3-alpha.1" } : { status: "ok" }));
  });
  const { exit, lines } = await doctor({ KRATOS_ADMIN_URL: url, API_KEYS });
  server.close();
  expect(lines.get("Clock")).toMatch(/^FAIL: differs .* by (59|60|61) s;/);
  expect(exit).toBe(1);
}, 30_000);

it("each mistake in the environment is a line of its own", async () => {
  const { exit, lines, out } = await doctor({ PORT: "x", KRATOS_ADMIN_URL: "x" });
  expect(out.match(/^FAIL +Configuration/gm)).toHaveLength(2);
  expect(lines.get("Configuration")).toBeDefined();
  expect(exit).toBe(1);
}, 30_000);
