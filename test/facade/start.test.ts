import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { VARIABLES } from "../../src/config/variables.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { fetchGraphQL, startLoopbackServer } from "../support/http.js";
import { logIn } from "../support/kratos-api.js";
import { stopAfterTest } from "../support/lifecycle.js";

it("serves the built-in fake Kratos with sample identities of two schemas if KRATOS_ADMIN_URL is not set, and says so in one line", async () => {
  const started = await startCli({});
  const url = await graphqlUrlOf(started);
  expect(started.stdout.split("\n").filter((line) => line.includes("built-in fake Kratos"))).toHaveLength(1);
  const { data } = await fetchGraphQL(url, { query: "{ identities(first: 100) { edges { node { schemaId schema { id } } } } }" });
  const schemas = data.identities.edges.map(({ node }: any) => node.schema.id);
  expect(schemas.length).toBeGreaterThanOrEqual(25);
  expect(new Set(schemas).size).toBe(2);
  expect(await started.stop()).toBe(0);
}, 30_000);

it("has typed traits for the sample identities, with their types in the samples of the explorer", async () => {
  const started = await startCli({});
  const url = await graphqlUrlOf(started);
  const query = '{ identity(id: "108aa492-db3a-4240-a177-4df51b9d5d57") { personTraits { email name { first last } age tags } deviceTraits { serial } } }';
  expect(await fetchGraphQL(url, { query })).toEqual({
    data: { identity: { personTraits: { email: "soren.agard@example.dk", name: { first: "Søren", last: "Ågård" }, age: 39, tags: ["staff", "admin"] }, deviceTraits: null } },
  });
  expect(await (await fetch(url.replace("/graphql", "/explorer/"))).text()).toContain("fragment Traits on Identity");
  const created = await fetchGraphQL(url, { query: 'mutation { createIdentity(input: { typedTraits: { deviceTraits: { serial: "KG-2042" } } }) { identity { schemaId } } }' });
  expect(created).toEqual({ data: { createIdentity: { identity: { schemaId: "device" } } } });
}, 30_000);

it.each([
  ["those of TRAITS_SCHEMAS, if it is set", { TRAITS_SCHEMAS: "kratos" }, ["Default", "Device"]],
  ["no typed traits and serves schema.graphql, if TRAITS_SCHEMAS is off", { TRAITS_SCHEMAS: "off" }, []],
])("has %s, with the built-in fake Kratos", async (_, env: Record<string, string>, names) => {
  const started = await startCli(env);
  const url = await graphqlUrlOf(started);
  const { data } = await fetchGraphQL(url, { query: '{ __type(name: "Identity") { fields { name } } _service { sdl } }' });
  const fields = data.__type.fields.map(({ name }: any) => name).filter((name: string) => /.Traits$/.test(name));
  expect(fields).toEqual(names.map((name) => `${name.toLowerCase()}Traits`));
  expect(data._service.sdl === readFileSync("schema.graphql", "utf8")).toBe(names.length === 0);
}, 30_000);

it("prints the header that the sample user of the built-in fake Kratos sends, and where they sign in with which password", async () => {
  const started = await startCli({});
  const [, email, token, publicUrl, password] = await started.waitFor(
    /To act as the sample user (\S+), send the header 'X-Session-Token: (ory_st_\w+)', or sign in at (\S+) with the password '([^']+)'/,
  );
  expect(await logIn({ publicUrl: publicUrl! }, email!, password!)).toBe(200);
  const kratos = await stopAfterTest(startFakeKratos());
  const response = await fetch(`${kratos.publicUrl}/sessions/whoami`, { headers: { "x-session-token": token! } });
  expect(await response.json()).toMatchObject({ active: true, authenticator_assurance_level: "aal2", identity: { traits: { email } } });
  expect(await started.stop()).toBe(0);
}, 30_000);

it("names the explorer that works without internet access when it starts, and has the ID of a sample identity there", async () => {
  const started = await startCli({});
  const [, explorer] = await started.waitFor(/to explore it, open (\S+) in a browser/);
  expect(explorer).toBe((await graphqlUrlOf(started)).replace("/graphql", "/explorer/"));
  const page = await (await fetch(explorer!)).text();
  const [id] = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/.exec(page)!;
  const query = "query ($id: ID!) { identity(id: $id) { schemaId } }";
  expect(await fetchGraphQL(await graphqlUrlOf(started), { query, variables: { id } })).toEqual({ data: { identity: { schemaId: "default" } } });
}, 30_000);

it.each([
  [{}, "there is no authentication"],
  [{ API_KEYS: `shop sha256:${"0".repeat(64)} identities:read` }, "callers must authenticate"],
  [{ KRATOS_SESSIONS: "true", KRATOS_PUBLIC_URL: "http://127.0.0.1:9" }, "callers must authenticate"],
] as const)("says when it starts whether callers must authenticate, with %j", async (env, message) => {
  const started = await startCli({ KRATOS_ADMIN_URL: "http://127.0.0.1:9", ...env });
  await started.waitFor(/GraphQL is at .*/);
  expect(started.stdout).toContain(message);
}, 30_000);

it("starts while Kratos is unavailable, and reports it as not alive", async () => {
  const started = await startCli({ KRATOS_ADMIN_URL: "http://127.0.0.1:9" });
  const { data } = await fetchGraphQL(await graphqlUrlOf(started), { query: "{ health { alive } }" });
  expect(data).toEqual({ health: { alive: false } });
  started.kill("SIGINT");
  expect(await started.ended).toBe(0);
}, 30_000);

it("exits if the port is in use, with one line that says what to do", async () => {
  const { port } = new URL((await stopAfterTest(startLoopbackServer(() => {}))).url);
  const program = await startCli({ PORT: port });
  expect(await program.ended).toBe(1);
  expect(program.stderr).toBe(`kratos-graphql: 127.0.0.1:${port} is already in use; set PORT to another port, or stop the process that listens on it.\n`);
}, 30_000);

it.each([
  [{ KRATOS_ADMIN_URL: "localhost" }, [], "KRATOS_ADMIN_URL must be an http or https URL"],
  [{ NODE_ENV: "production", KRATOS_ADMIN_ULR: "http://127.0.0.1:9" }, [], "did you mean KRATOS_ADMIN_URL?"],
  [{ NODE_ENV: "production" }, [], "KRATOS_ADMIN_URL must be set if NODE_ENV is production"],
  [{ HOST: "host.invalid", INSECURE_NO_AUTH: "true" }, [], "is not an address of this machine"],
] as const)("exits with one clear line for %j and %j", async (env, args, message) => {
  const program = await startCli(env as Record<string, string>, ...args);
  expect(await program.ended).toBe(1);
  expect(program.stderr.trimEnd().split("\n")).toEqual([expect.stringContaining(message)]);
  expect(program.stderr).toMatch(/^kratos-graphql: /);
}, 30_000);

it.each([["--port=4000"], ["sevre"], ["doctor", "more"], ["keys", "create"]])("rejects the arguments %s, and points to --help", async (...args) => {
  const program = await startCli({}, ...args);
  expect(await program.ended).toBe(1);
  expect(program.stderr).toMatch(/^kratos-graphql: .+\nSee kratos-graphql --help\. Settings are environment variables/);
}, 30_000);

it("prints a help text whose commands run as they are, and whose variables exist", async () => {
  const program = await startCli({}, "--help");
  expect(await program.ended).toBe(0);
  for (const command of ["serve", "schema", "keys", "doctor"]) expect(program.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
  const known = new Set(Object.keys(VARIABLES.shape).flatMap((name) => [name, `${name}_FILE`]).concat("NODE_ENV", "_FILE"));
  const named = program.stdout.match(/\b[A-Z]+_[A-Z_]+\b|\bHOST\b|\bPORT\b|_FILE\b/g)!;
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(named).toEqual(expect.arrayContaining(["KRATOS_ADMIN_URL", "KRATOS_PUBLIC_URL", "API_KEYS", "API_KEYS_FILE", "HOST", "PORT"]));
  expect(Math.max(...program.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(90);

  const [, example] = /callers with a key:\n\n(.*?)\n\n/s.exec(program.stdout)!;
  const kratos = await stopAfterTest(startFakeKratos());
  const folder = mkdtempSync(join(tmpdir(), "kratos-graphql-help-"));
  const script = example!
    .replace("http://127.0.0.1:4434", kratos.adminUrl)
    .replace("http://127.0.0.1:4433", kratos.publicUrl)
    .replace(/ && kratos-graphql serve/, "")
    .replaceAll("kratos-graphql ", `${process.execPath} --import ${resolve("node_modules/tsx/dist/loader.mjs")} ${resolve("src/main.ts")} `);
  const { stdout } = await promisify(execFile)("sh", ["-ec", script], { cwd: folder, env: { ...process.env, TSX_TSCONFIG_PATH: resolve("tsconfig.json") } });
  expect(stdout).toMatch(/Kratos/);
}, 30_000);

it("says which build it is: for `--version`, and in the first line of the log", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const program = await startCli({}, "--version");
  expect(await program.ended).toBe(0);
  const build = program.stdout.trimEnd();
  expect(build.startsWith(version)).toBe(true);
  expect(build.slice(version.length)).toMatch(/^( \([0-9a-f]{12}\))?$/);
  const started = await startCli({});
  await graphqlUrlOf(started);
  const [first] = started.stdout.split("\n");
  expect(JSON.parse(first!)).toMatchObject({ level: 30, version, node: process.version, msg: `kratos-graphql ${build} is starting.` });
}, 30_000);

it.each([
  ["schema.graphql", ["schema"]],
  ["schema.api.graphql", ["schema", "--api"]],
])("prints exactly %s for `%j`", async (file, args) => {
  const program = await startCli({}, ...args);
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe(readFileSync(file, "utf8"));
}, 30_000);

it("prints the schema without the directives for authorization for `schema --no-auth-directives`", async () => {
  const program = await startCli({}, "schema", "--no-auth-directives");
  expect(await program.ended).toBe(0);
  expect(program.stdout).toBe(readFileSync("schema.graphql", "utf8").replace(/"@authenticated", |"@requiresScopes", | @authenticated| @requiresScopes\(.*?\)/g, ""));
}, 30_000);

it("serves Kratos with the environment of docker-compose.yml", async () => {
  const { services } = parse(readFileSync("docker-compose.yml", "utf8"));
  const kratos = await stopAfterTest(startFakeKratos());
  const addresses: Record<string, string> = { "http://kratos:4434": kratos.adminUrl, "http://kratos:4433": kratos.publicUrl };
  const env = Object.fromEntries(
    Object.entries<string>(services["kratos-graphql"].environment).map(([name, value]) => [name, addresses[value] ?? value]),
  );
  expect(env).toMatchObject({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl, HOST: "0.0.0.0" });
  const started = await startCli({ ...env, PORT: "0" });
  const url = (await graphqlUrlOf(started)).replace("0.0.0.0", "127.0.0.1");
  expect(await fetchGraphQL(url, { query: `{ health { ready } identitySchema(id: "default") { id } }` })).toEqual({
    data: { health: { ready: true }, identitySchema: { id: "default" } },
  });
  expect(await started.stop()).toBe(0);
}, 30_000);
