import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { VARIABLES } from "../../src/config/variables.js";
import { startEmbeddedKratos } from "../../src/embedded/embedded-kratos.js";
import { addressOf, start } from "../support/process.js";

const ask = async (url: string, query: string) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query }) });
  return (await response.json()) as any;
};

it("without KRATOS_ADMIN_URL it serves an embedded Kratos with some thirty identities of two schemas, and says so in one line", async () => {
  const started = start({});
  const url = await addressOf(started);
  expect(started.output.out.split("\n").filter((line) => line.includes("embedded Kratos"))).toHaveLength(1);
  const { data } = await ask(url, "{ identities(first: 100) { edges { node { schemaId schema { id } } } } }");
  const schemas = data.identities.edges.map(({ node }: any) => node.schema.id);
  expect(schemas.length).toBeGreaterThanOrEqual(25);
  expect(new Set(schemas).size).toBe(2);
  started.child.kill("SIGTERM");
  expect(await started.ended).toBe(0);
}, 30_000);

it("it starts though Kratos is not up, and says that Kratos is not alive", async () => {
  const started = start({ KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  const { data } = await ask(await addressOf(started), "{ health { alive } }");
  expect(data).toEqual({ health: { alive: false } });
  started.child.kill("SIGINT");
  expect(await started.ended).toBe(0);
}, 30_000);

it("a port in use ends the start with one line that says what to do", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { output, ended } = start({ PORT: String(port) });
  expect(await ended).toBe(1);
  expect(output.error).toBe(`kratos-graphql: 127.0.0.1:${port} is already in use; set PORT to another port, or stop the process that listens on it.\n`);
  other.close();
}, 30_000);

it.each([
  [{ KRATOS_ADMIN_URL: "localhost" }, [], "KRATOS_ADMIN_URL must be an http or https address"],
  [{ HOST: "host.invalid", INSECURE_NO_AUTH: "true" }, [], "is not an address of this machine"],
] as const)("with %j and %j it ends with one clear line", async (env, args, message) => {
  const { output, ended } = start(env as Record<string, string>, ...args);
  expect(await ended).toBe(1);
  expect(output.error.trimEnd().split("\n")).toEqual([expect.stringContaining(message)]);
  expect(output.error).toMatch(/^kratos-graphql: /);
}, 30_000);

it.each([["--port=4000"], ["sevre"], ["schema", "more"], ["keys", "create"]])("the arguments %s are refused with a word on what to do", async (...args) => {
  const { output, ended } = start({}, ...args);
  expect(await ended).toBe(1);
  expect(output.error).toMatch(/^kratos-graphql: .+\nSee kratos-graphql --help\. Settings come from environment variables/);
}, 30_000);

it("`--help` teaches a first start: its commands run as they stand there, and it names only variables that there are", async () => {
  const { output, ended } = start({}, "--help");
  expect(await ended).toBe(0);
  for (const command of ["serve", "schema", "keys", "doctor"]) expect(output.out).toMatch(new RegExp(`^  ${command} `, "m"));
  const known = new Set(Object.keys(VARIABLES.shape).flatMap((name) => [name, `${name}_FILE`]).concat("NODE_ENV", "_FILE"));
  const named = output.out.match(/\b[A-Z]+_[A-Z_]+\b|\bHOST\b|\bPORT\b|_FILE\b/g)!;
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named).toEqual(expect.arrayContaining(["KRATOS_ADMIN_URL", "KRATOS_PUBLIC_URL", "API_KEYS", "API_KEYS_FILE", "HOST", "PORT"]));
  expect(Math.max(...output.out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);

  const [, example] = /callers with a key:\n\n(.*?)\n\n/s.exec(output.out)!;
  const kratos = await startEmbeddedKratos();
  const folder = mkdtempSync(join(tmpdir(), "kratos-graphql-help-"));
  const script = example!
    .replace("http://127.0.0.1:4434", kratos.adminUrl)
    .replace("http://127.0.0.1:4433", kratos.publicUrl)
    .replace(/ && kratos-graphql serve/, "")
    .replaceAll("kratos-graphql ", `${process.execPath} --import ${resolve("node_modules/tsx/dist/loader.mjs")} ${resolve("src/main.ts")} `);
  const { stdout } = await promisify(execFile)("sh", ["-ec", script], { cwd: folder, env: { ...process.env, TSX_TSCONFIG_PATH: resolve("tsconfig.json") } });
  expect(stdout).toMatch(/Kratos/);
  await kratos.stop();
}, 30_000);

it("`schema` prints the SDL, byte for byte what schema.graphql holds", async () => {
  const { output, ended } = start({}, "schema");
  expect(await ended).toBe(0);
  expect(output.out).toBe(readFileSync("schema.graphql", "utf8"));
}, 30_000);

it("the environment that docker-compose.yml gives it is one that it serves Kratos with", async () => {
  const { services } = parse(readFileSync("docker-compose.yml", "utf8"));
  const kratos = await startEmbeddedKratos();
  const addresses: Record<string, string> = { "http://kratos:4434": kratos.adminUrl, "http://kratos:4433": kratos.publicUrl };
  const env = Object.fromEntries(
    Object.entries<string>(services["kratos-graphql"].environment).map(([name, value]) => [name, addresses[value] ?? value]),
  );
  expect(env).toMatchObject({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, HOST: "0.0.0.0" });
  const started = start({ ...env, PORT: "0" });
  const url = (await addressOf(started)).replace("0.0.0.0", "127.0.0.1");
  expect(await ask(url, `{ health { ready } identitySchema(id: "default") { id } }`)).toEqual({
    data: { health: { ready: true }, identitySchema: { id: "default" } },
  });
  started.child.kill("SIGTERM");
  expect(await started.ended).toBe(0);
  await kratos.stop();
}, 30_000);
