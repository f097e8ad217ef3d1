import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startFakeKratos, type FakeKratos } from "../fake-kratos/index.js";
import { graphqlUrlOf } from "../support/child-process.js";
import { fetchGraphQL } from "../support/http.js";
import { installPackage, sourceIn, type InstalledPackage } from "./installed-package.js";

/* What `npm publish` would publish, installed in an empty folder. */
let installed: InstalledPackage;
let kratos: FakeKratos;

beforeAll(async () => {
  kratos = await startFakeKratos();
  installed = await installPackage(["pino", "express", "@types/express", "fastify", "@types/node@20"]);
}, 180_000);

afterAll(async () => {
  installed?.remove();
  await kratos.stop();
});

const ask = (url: string, query: string, headers?: Record<string, string>) => fetchGraphQL(url, { query }, headers);

it("contains the program and its bill of materials, the library with its declarations, the schema and the documentation, and nothing else", () => {
  const { files } = installed;
  const top = files.filter((path) => !path.startsWith("dist/")).sort();
  expect(top).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json", "schema.api.graphql", "schema.graphql"]);
  expect(files).toEqual(expect.arrayContaining(["dist/main.js", "dist/index.js", "dist/index.d.ts", "dist/sbom.cdx.json"]));
  expect(files.filter((path) => !/^dist\/((main|index|codegen|chunks\/[\w-]+)\.js|explorer\/[\w.-]+|(index|codegen)\.d\.ts|sbom\.cdx\.json|(graphql|kratos|server)\/.+(\.d\.ts|\.js))$/.test(path)).sort()).toEqual(top);
  expect(files.length).toBeLessThan(500);
});

it.each(["20.19", "24"])("is installed with engine-strict on Node %s", async (version) => {
  await installed.installOn(version);
}, 120_000);

it("depends only on what the library needs: the program is bundled with its exporter of traces, command line and fake Kratos", () => {
  const names = installed.dependencies.map((path) => path.split("node_modules/").pop()!);
  expect(names.filter((name) => /^@opentelemetry\/(?!api$)|^(protobufjs|commander|pino-pretty)$/.test(name))).toEqual([]);
  expect(names).toContain("@opentelemetry/api");
});

it("has a program that everybody may execute", () => {
  expect(statSync(join(installed.folder, "node_modules/.bin/kratos-graphql")).mode & 0o111).toBe(0o111);
});

it("prints help and the schema with `npx kratos-graphql`, and creates a key for a server with authentication", async () => {
  expect(await installed.npx("--help")).toContain("kratos-graphql keys create");
  expect(await installed.npx("--version")).toMatch(/^\d+\.\d+\.\d+ \([0-9a-f]{12}\)\n$/);
  expect(await installed.npx("schema")).toBe(readFileSync("schema.graphql", "utf8"));
  expect(await installed.npx("schema", "--api")).toBe(readFileSync("schema.api.graphql", "utf8"));
  const { key, line } = await createKey("identities:read");
  const server = await installed.startNode(["node_modules/.bin/kratos-graphql"], {
    PORT: "0",
    API_KEYS: line,
    NODE_ENV: "production",
    KRATOS_EMBEDDED: "true",
    SHUTDOWN_DELAY_MS: "0",
  });
  const url = await graphqlUrlOf(server);
  expect((await ask(url, "{ identities(first: 1) { edges { cursor } } }", { authorization: `Bearer ${key}` })).data.identities.edges).toHaveLength(1);
  expect((await ask(url, "{ identities(first: 1) { edges { cursor } } }")).errors[0].extensions.code).toBe("UNAUTHENTICATED");
});

it("serves the fake Kratos and the explorer with `npx kratos-graphql serve`", async () => {
  const server = await installed.startNode(["node_modules/.bin/kratos-graphql", "serve"], { PORT: "0" });
  const url = await graphqlUrlOf(server);
  expect((await ask(url, "{ health { ready } version }")).data).toEqual({ health: { ready: true }, version: "v26.2.0" });
  for (const [path, content] of [["/", "<h1>"], ["/explorer/", "<html"], ["/explorer/main.js", "import"]] as const) {
    const response = await fetch(url.replace("/graphql", path), { headers: { accept: "text/html" } });
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining(content)]);
  }
});

it("compiles the examples of the documentation, and a consumer that uses every type, with strict checks", async () => {
  const example = (page: string, heading: string) =>
    sourceIn(page, heading).replace("http://127.0.0.1:4434", kratos.adminUrl).replace("http://127.0.0.1:4433", kratos.publicUrl);
  const generator = 'import { scalars, type Scalars } from "kratos-graphql/codegen";\nconst traits: Scalars["JSONObject"] = { name: { first: "Ann" } };\nconsole.log({ scalars, traits });';
  await installed.compile({
    "from-readme.ts": example("README.md", "Use it as a library"),
    "in-fastify.ts": example("docs/library.md", "Fastify"),
    "in-express.ts": readFileSync("test/package/consumer/in-express.ts", "utf8"),
    "generator.ts": generator,
  });
});

it("runs the example of the README, the facade in a custom server", async () => {
  const { key, line } = await createKey("identities:read", "system:read");
  writeFileSync(join(installed.folder, "api-keys"), line);
  const server = await installed.startNode(["from-readme.js"], { PORT: "0" });
  const [, port] = await server.waitFor(/on port (\d+)[^]*"first":"[0-9a-f-]{36}"/);
  const url = `http://127.0.0.1:${port}/graphql`;
  const { data } = await ask(url, "{ health { ready } identities(first: 1) { edges { cursor } } }", { authorization: `Bearer ${key}` });
  expect(data).toEqual({ health: { ready: true }, identities: { edges: [{ cursor: expect.any(String) }] } });
});

it("runs the example of docs/library.md, the facade in Fastify: queries, mutations, errors and health checks", async () => {
  const { key, line } = await createKey("identities:read", "identities:write");
  writeFileSync(join(installed.folder, "api-keys"), line);
  const server = await installed.startNode(["in-fastify.js"], { PORT: "0" });
  const [origin] = await server.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  const headers = { authorization: `Bearer ${key}` };
  expect((await ask(`${origin}/graphql`, "{ identities(first: 1) { edges { cursor } } }", headers)).data.identities.edges).toHaveLength(1);
  const create = 'mutation { createIdentity(input: { schemaId: "default", traits: { email: "fastify@example.com" } }) { userErrors { code } } }';
  expect(await ask(`${origin}/graphql`, create, headers)).toEqual({ data: { createIdentity: { userErrors: [] } } });
  expect((await ask(`${origin}/graphql`, "{ identities { edges { cursor } } }")).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  const tooLarge = await fetch(`${origin}/graphql`, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body: `"${"x".repeat(1_100_000)}"` });
  expect(tooLarge.status).toBe(413);
  expect(await (await fetch(`${origin}/health/ready`)).json()).toMatchObject({ status: "ok" });
});

it("runs the facade in Express, and the adapter and the schema on their own", async () => {
  const env = { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl };
  const program = await installed.startNode(["in-express.js"], env);
  const [, printed] = await program.waitFor(/answers: (.*)\n/);
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const answers = JSON.parse(printed!);
  expect(answers).toEqual({ overHttp: id, byTheAdapter: id, bySchema: id, sdl: true, error: "deleteIdentity" });
  expect(new Set([answers.overHttp, answers.byTheAdapter, answers.bySchema]).size).toBe(1);
});

it("has the scalars for code generators, which need nothing of the server", async () => {
  const program = await installed.startNode(["generator.js"]);
  await program.waitFor(/kratos-graphql\/codegen#JsonObject/);
});

it("does not allow imports of internal modules", async () => {
  const program = 'import("kratos-graphql/dist/server/listen.js").catch(({ code }) => console.log(code))';
  const [code] = await (await installed.startNode(["-e", program])).waitFor(/\w+/);
  expect(code).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
});

/** Creates a key: the secret of its owner, and the line for the server. */
async function createKey(...scopes: string[]): Promise<{ key: string; line: string }> {
  const printed = await installed.npx("keys", "create", "--name", "shop", "--scopes", scopes.join());
  return { key: /kg_[\w-]+/.exec(printed)![0], line: /shop sha256:\S+ \S+/.exec(printed)![0] };
}
