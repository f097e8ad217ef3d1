import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/* The last stage of the Dockerfile without a container: a folder with what its COPY lines take, and nothing else. */
const dockerfile = readFileSync("Dockerfile", "utf8");
const [, lastStage = ""] = dockerfile.split(/^FROM .*(?<!AS build)$/m);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kratos-graphql-image-"));
  const runtime = join(folder, "runtime");
  execFileSync(process.execPath, ["scripts/copy-externals.js", runtime]);
  for (const [, words] of lastStage.matchAll(/^COPY (?:--from=build )?(.+)$/gm)) {
    const paths = words!.split(" ");
    const to = join(folder, "app", paths.pop()!);
    for (const path of paths) {
      const from = path.replace(/^\/app\//, "").replace(/^\/runtime/, runtime);
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

/** Runs the image's program as its user would, who may write nowhere. */
function start(...args: string[]) {
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const env = { PATH: process.env["PATH"], NODE_ENV: "production", PORT: "0", SHUTDOWN_DELAY_MS: "0", INSECURE_NO_AUTH: "true", EXPLORERS: "true" };
  return spawn(process.execPath, ["dist/main.js", ...args], { cwd: join(folder, "app"), env, ...user });
}

it("it serves, the explorer too, from files that it cannot write; its health check finds it alive; and it stops when told to", async () => {
  const child = start(...(JSON.parse(/^CMD (.+)$/m.exec(lastStage)![1]!) as string[]));
  const ended = new Promise((done) => child.once("exit", done));
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const port = await new Promise<string>((done, fail) => {
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /GraphQL is at http:\/\/.*:(\d+)\/graphql/.exec(output);
      if (found) done(found[1]!);
    });
    child.once("exit", () => fail(new Error(output)));
  });
  const [, check] = /^HEALTHCHECK .*"(http:.*)"/m.exec(dockerfile)!;
  const alive = await fetch(check!.replace("$PORT", port));
  expect([alive.status, await alive.json()]).toEqual([200, { status: "ok" }]);
  expect((await fetch(`http://127.0.0.1:${port}/explorer/`)).status).toBe(200);
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: "{ version }", extensions: {} }),
  });
  expect(await response.json()).toEqual({ data: { version: "v26.2.0" } });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

it("it is no root's, by number, and it is small beside the packages that it was built with", () => {
  expect(lastStage).toMatch(/^USER 1000:1000$/m);
  const size = (path: string) => Number(execFileSync("du", ["-sk", path]).toString().split("\t")[0]);
  expect(size(join(folder, "app"))).toBeLessThan(40_000);
});
