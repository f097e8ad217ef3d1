import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startEmbeddedKratos, type EmbeddedKratos } from "../../src/embedded/embedded-kratos.js";
import { installPackage, sourceInReadme, type InstalledPackage } from "../support/installed-package.js";

/* What `npm publish` would put out, installed in an empty folder. */
let installed: InstalledPackage;
let kratos: EmbeddedKratos;

beforeAll(async () => {
  kratos = await startEmbeddedKratos();
  installed = await installPackage(["pino", "express", "@types/express", "@types/node@20"]);
}, 180_000);

afterAll(async () => {
  installed?.remove();
  await kratos.stop();
});

const ask = async (url: string, query: string, headers: Record<string, string> = {}): Promise<any> => {
  const body = JSON.stringify({ query });
  return (await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })).json();
};

it("it holds the program, the library with its declarations, the schema and what to read, and nothing else", () => {
  const { files } = installed;
  const top = files.filter((path) => !path.startsWith("dist/")).sort();
  expect(top).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "package.json", "schema.graphql"]);
  expect(files).toEqual(expect.arrayContaining(["dist/main.js", "dist/index.js", "dist/index.d.ts"]));
  expect(files.filter((path) => !/^dist\/((main|index|chunks\/[\w-]+)\.js|index\.d\.ts|(graphql|kratos|server)\/.+(\.d\.ts|\.js))$/.test(path)).sort()).toEqual(top);
  expect(files.length).toBeLessThan(500);
});

it("all that it takes runs on this Node; of one package of Apollo Server's that is so, though it says that it is not", () => {
  expect(installed.tooOldFor.filter((name) => name !== "@whatwg-node/promise-helpers")).toEqual([]);
});

it("its program may be run, by everybody", () => {
  expect(statSync(join(installed.folder, "node_modules/.bin/kratos-graphql")).mode & 0o111).toBe(0o111);
});

it("`npx kratos-graphql` helps, prints the schema, and makes a key that starts a server with authentication", async () => {
  expect(await installed.npx("--help")).toContain("kratos-graphql keys create");
  expect(await installed.npx("schema")).toBe(readFileSync("schema.graphql", "utf8"));
  const { key, line } = await createKey("identities:read");
  const server = await installed.start("node", ["node_modules/.bin/kratos-graphql"], { PORT: "0", API_KEYS: line, NODE_ENV: "production", SHUTDOWN_DELAY_MS: "0" }, /GraphQL is at (\S+);/);
  const url = server.found[1]!;
  expect((await ask(url, "{ identities(first: 1) { edges { cursor } } }", { authorization: `Bearer ${key}` })).data.identities.edges).toHaveLength(1);
  expect((await ask(url, "{ identities(first: 1) { edges { cursor } } }")).errors[0].extensions.code).toBe("UNAUTHENTICATED");
  await server.stop();
});

it("`npx kratos-graphql serve` serves the embedded Kratos, and its explorer", async () => {
  const server = await installed.start("node", ["node_modules/.bin/kratos-graphql", "serve"], { PORT: "0" }, /GraphQL is at (\S+);/);
  const url = server.found[1]!;
  expect((await ask(url, "{ health { ready } version }")).data).toEqual({ health: { ready: true }, version: "v26.2.0" });
  const explorer = await fetch(url.replace("/graphql", "/explorer/"));
  expect([explorer.status, await explorer.text()]).toEqual([200, expect.stringContaining("<html")]);
  await server.stop();
});

it("TypeScript with all its checks takes the README's example, and a consumer that names every type of the library's", async () => {
  const readme = sourceInReadme("Use it as a library")
    .replace("http://127.0.0.1:4434", kratos.adminUrl)
    .replace("http://127.0.0.1:4433", kratos.publicUrl);
  await installed.compile({ "from-readme.ts": readme, "in-express.ts": readFileSync("test/package/consumer/in-express.ts", "utf8") });
});

it("the README's example runs: the facade in a server of one's own", async () => {
  const { key, line } = await createKey("identities:read", "system:read");
  writeFileSync(join(installed.folder, "api-keys"), line);
  const server = await installed.start("node", ["from-readme.js"], { PORT: "0" }, /at port (\d+)[^]*"first":\{.*\}/);
  const url = `http://127.0.0.1:${server.found[1]}/graphql`;
  const { data } = await ask(url, "{ health { ready } identities(first: 1) { edges { cursor } } }", { authorization: `Bearer ${key}` });
  expect(data).toEqual({ health: { ready: true }, identities: { edges: [{ cursor: expect.any(String) }] } });
  await server.stop();
});

it("the facade runs as a part of Express; so do the adapter and the schema by themselves", async () => {
  const env = { KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl };
  const { found, stop } = await installed.start("node", ["in-express.js"], env, /answers: (.*)\n/);
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  const answers = JSON.parse(found[1]!);
  expect(answers).toEqual({ overHttp: id, byTheAdapter: id, bySchema: id, sdl: true, error: "deleteIdentity" });
  expect(new Set([answers.overHttp, answers.byTheAdapter, answers.bySchema]).size).toBe(1);
  await stop();
});

it("what is not of the library cannot be imported", async () => {
  const program = 'import("kratos-graphql/dist/server/listen.js").catch(({ code }) => console.log(code))';
  const { found, stop } = await installed.start("node", ["-e", program], {}, /\w+/);
  expect(found[0]).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  await stop();
});

/** A key as its owner has it, and as the server does. */
async function createKey(...scopes: string[]): Promise<{ key: string; line: string }> {
  const printed = await installed.npx("keys", "create", "--name", "shop", "--scopes", scopes.join());
  return { key: /kg_[\w-]+/.exec(printed)![0], line: /shop sha256:\S+ \S+/.exec(printed)![0] };
}
