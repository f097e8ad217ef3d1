import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { startFakeKratos } from "../fake-kratos/index.js";
import { graphqlUrlOf, startProgram, type Program } from "../support/child-process.js";
import { fetchGraphQL } from "../support/http.js";
import { stopAfterTest } from "../support/lifecycle.js";

const readme = readFileSync("README.md", "utf8");
const blocks = [...readme.matchAll(/^```(?:ba)?sh\n(.*?)^```/gms)].map(([, block]) => block!);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "kratos-graphql-readme-"));
  mkdirSync(join(folder, "bin"));
  const npm = execFileSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).trim();
  const packages = resolve("node_modules");
  // The packages are installed already, and the tests would run themselves.
  const shim = `#!/bin/sh
case "$*" in
  ci) [ -d node_modules ] || cp -al '${packages}' . 2>/dev/null || cp -R '${packages}' . && exec '${npm}' run --silent prepare ;;
  test) exec '${npm}' pkg get scripts.test ;;
  *) exec '${npm}' "$@" ;;
esac
`;
  writeFileSync(join(folder, "bin/npm"), shim, { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

it("contains only commands that work as they stand, one block after the other", async () => {
  const kratos = await stopAfterTest(startFakeKratos());
  const env = {
    ...process.env,
    PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
    CURL_HOME: folder,
    PORT: "0",
    SHUTDOWN_DELAY_MS: "0",
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
  };
  let cwd = folder;
  let server: Program | undefined;
  const printed: string[] = [];
  for (const block of blocks) {
    const script = block
      .replace("<URL of this repository>", `'${resolve(".")}'`)
      .replaceAll("http://127.0.0.1:4434", kratos.adminUrl)
      .replaceAll("http://127.0.0.1:4433", kratos.publicUrl);
    if (/npm start$/m.test(block)) {
      await server?.stop();
      server = await stopAfterTest(startProgram("sh", ["-ec", script], { cwd, env, detached: true }));
      // What the README sends to the usual port goes to the server's.
      writeFileSync(join(folder, ".curlrc"), `connect-to = "127.0.0.1:4000:127.0.0.1:${new URL(await graphqlUrlOf(server)).port}"\n`);
    } else {
      const { stdout } = await promisify(execFile)("sh", ["-ec", `${script}\npwd`], { cwd, env });
      const lines = stdout.trimEnd().split("\n");
      cwd = lines.pop()!;
      printed.push(lines.join("\n"));
    }
  }

  const answers = [...readme.matchAll(/^```sh\ncurl[^`]*```\n[^`]*```json\n(.*?)^```/gms)].map(([, answer]) => JSON.parse(answer!));
  expect(answers).toHaveLength(2);
  expect(printed.filter((text) => text.startsWith('{"data"')).map((text) => JSON.parse(text))).toEqual(answers);
  expect(printed.at(-1)).toContain("Usage: kratos-graphql");

  // The last server is the one of the section on security.
  expect(server!.output).toMatch(/callers must authenticate/);
  const [key] = /kg_[\w-]+/.exec(readFileSync(join(folder, "kratos-graphql/web-shop.txt"), "utf8"))!;
  const url = (await graphqlUrlOf(server!)).replace("0.0.0.0", "127.0.0.1");
  const ask = (headers: Record<string, string>) => fetchGraphQL(url, { query: "{ identities(first: 1) { edges { cursor } } }" }, headers);
  expect((await ask({ authorization: `Bearer ${key}` })).data.identities.edges).toHaveLength(1);
  expect((await ask({})).errors[0].extensions.code).toBe("UNAUTHENTICATED");
}, 300_000);

it("starts Docker Compose with commands whose services and profiles are in docker-compose.yml", () => {
  const compose = readFileSync("docker-compose.yml", "utf8");
  const commands = [...readme.matchAll(/`(docker [^`]+)`/g)].map(([, command]) => command!);
  expect(commands.length).toBeGreaterThan(0);
  for (const command of commands) {
    expect(command).toMatch(/^docker compose( --profile \w+)? up( --build)?$/);
    const [, profile] = /--profile (\w+)/.exec(command) ?? [];
    if (profile) expect(compose).toContain(`profiles: [${profile}]`);
  }
});
