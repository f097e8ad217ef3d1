import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startProgram } from "../support/child-process.js";
import { stopAfterTest } from "../support/lifecycle.js";
import { hasRedis, startRedis } from "../support/redis.js";

/* The last stage of the Dockerfile without a container: a folder with the files of its COPY lines only. */
const dockerfile = readFileSync("Dockerfile", "utf8");
const [, lastStage = ""] = dockerfile.split(/^FROM .*(?<!AS build)$/m);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kratos-graphql-image-"));
  for (const [, words] of lastStage.matchAll(/^COPY (?:--from=build )?(.+)$/gm)) {
    const paths = words!.split(" ");
    const to = join(folder, "app", paths.pop()!);
    for (const path of paths) {
      const from = path.replace(/^\/app\//, "");
      const into = words!.endsWith("/") ? join(to, basename(path)) : to;
      mkdirSync(join(into, ".."), { recursive: true });
      cpSync(from, into, { recursive: true });
    }
  }
  execFileSync("chmod", ["-R", "a-w,a+rX", folder]);
}, 60_000);

afterAll(() => {
  execFileSync("chmod", ["-R", "u+w", folder]);
  rmSync(folder, { recursive: true });
});

const COMMAND = JSON.parse(/^CMD (.+)$/m.exec(lastStage)![1]!) as string[];

/** Runs the program of the image as a user without write access. */
async function serve(environment: Record<string, string>) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const env = { NODE_ENV: "production", KRATOS_EMBEDDED: "true", PORT: "0", SHUTDOWN_DELAY_MS: "0", ...environment };
  const program = await stopAfterTest(startProgram(process.execPath, ["dist/main.js", ...COMMAND], { cwd: join(folder, "app"), env, ...user }));
  const [, port] = await program.waitFor(/GraphQL is at http:\/\/.*:(\d+)\/graphql/);
  const ask = (query: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query, extensions: {} }),
    });
  return { program, port: port!, ask };
}

it("serves GraphQL and the explorer from read-only files, passes its health check, and stops on SIGTERM", async () => {
  const { program, port, ask } = await serve({ INSECURE_NO_AUTH: "true", EXPLORERS: "true" });
  const [, check] = /^HEALTHCHECK .*"(http:.*)"/m.exec(dockerfile)!;
  const alive = await fetch(check!.replace("$PORT", port));
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect([alive.status, await alive.json()]).toEqual([200, { status: "ok", version, revision: expect.stringMatching(/^[0-9a-f]{12}$/) }]);
  for (const path of ["/explorer/", "/explorer/main.js", "/explorer/graphql.worker.js"]) expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  expect(await (await ask("{ version }")).json()).toEqual({ data: { version: "v26.2.0" } });
  expect(await program.stop()).toBe(0);
});

// Optional parts, which are loaded only if they are enabled, are in bundles of their own.
(hasRedis ? it : it.skip)("counts requests in Redis, and answers compiled queries", async () => {
  const redis = await stopAfterTest(startRedis());
  const key = `kg_${"k".repeat(43)}`;
  const apiKeys = `shop sha256:${createHash("sha256").update(key).digest("hex")} identities:read`;
  const { program, ask } = await serve({ API_KEYS: apiKeys, REDIS_URL: redis.url, RATE_LIMIT: "5/60s" });
  // Until then, requests are counted in memory.
  await redis.connected(1);
  const statuses: number[] = [];
  for (let time = 0; time < 6; time++) {
    const answer = await ask("{ identities(first: 1) { edges { node { id } } } }", { authorization: `Bearer ${key}` });
    statuses.push(answer.status);
    if (answer.status === 200) expect(await answer.json()).toEqual({ data: { identities: { edges: [expect.anything()] } } });
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  expect(await program.stop()).toBe(0);
});

it("has a bill of materials with the packages in the bundle and those beside it, for scanners", () => {
  const { bomFormat, metadata, components, dependencies } = JSON.parse(readFileSync(join(folder, "app/sbom.cdx.json"), "utf8"));
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect([bomFormat, metadata.component]).toEqual(["CycloneDX", expect.objectContaining({ type: "application", name, version, purl: `pkg:npm/${name}@${version}` })]);
  const purls: string[] = components.map(({ purl }: { purl: string }) => purl);
  const installed = (path: string) => `pkg:npm/${path.replace("@", "%40")}@${JSON.parse(readFileSync(`node_modules/${path}/package.json`, "utf8")).version}`;
  // Bundled for the server, bundled for the program only, bundled by a dependency, and beside the bundle.
  for (const path of ["@apollo/server", "pino-pretty", "@apollo/usage-reporting-protobuf", "graphiql", "monaco-editor"]) expect(purls).toContain(installed(path));
  for (const path of ["jest", "typescript", "esbuild"]) expect(purls).not.toContain(installed(path));
  expect(components.every(({ hashes, licenses }: any) => hashes.length > 0 && licenses.length > 0)).toBe(true);
  const refs = new Set([metadata, ...components].map((one: any) => (one.component ?? one)["bom-ref"]));
  expect(dependencies.flatMap(({ ref, dependsOn }: any) => [ref, ...dependsOn]).filter((ref: string) => !refs.has(ref))).toEqual([]);
});

it("runs as a numeric user that is not root, and is small", () => {
  expect(lastStage).toMatch(/^USER 1000:1000$/m);
  const size = (path: string) => Number(execFileSync("du", ["-sk", path]).toString().split("\t")[0]);
  expect(size(join(folder, "app"))).toBeLessThan(40_000);
});
