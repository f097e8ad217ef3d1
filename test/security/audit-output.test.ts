import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kratos } from "../../src/kratos/index.js";
import { createFacade } from "../../src/server/facade.js";
import { listen } from "../../src/server/listen.js";
import { startFakeKratos } from "../fake-kratos/index.js";
import { graphqlUrlOf, startCli } from "../support/child-process.js";
import { faults, startFaultyKratos } from "../support/faulty-kratos.js";
import { fetchGraphQL, parseJson, startLoopbackServer } from "../support/http.js";
import { stopAfterTest, useServers } from "../support/lifecycle.js";
import { captureLog } from "../support/logs.js";
import { eventually } from "../support/wait.js";

const { kratos } = useServers(async (cleanups) => ({ kratos: cleanups.use(await startFakeKratos()) }));

/** The environment of a server in front of the fake Kratos. */
const env = () => ({ KRATOS_ADMIN_URL: kratos.adminUrl, KRATOS_PUBLIC_URL: kratos.publicUrl });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kratos-graphql-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let created = 0;
/** Creates an identity. @returns its ID, or the error */
async function create(url: string): Promise<any> {
  const query = `mutation { createIdentity(input: { schemaId: "default", traits: { email: "audit-${++created}-${process.pid}@example.com" } }) { identity { id } } }`;
  const { data, errors } = await fetchGraphQL(url, { query });
  return data.createIdentity?.identity.id ?? errors[0];
}

/** The identities of the audit lines in a text. Fails the test if a line is not complete. */
const auditedIn = (text: string): string[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .filter(({ audit }) => audit)
    .map(({ identityId }) => identityId);

describe.each(["standard output", "AUDIT_FILE"])("on %s", (where) => {
  it("has the line of every mutation that was acknowledged before a kill -9", async () => {
    const file = join(folder, "audit.log");
    const server = await startCli({ ...env(), ...(where === "AUDIT_FILE" && { AUDIT_FILE: file }) });
    const url = await graphqlUrlOf(server);
    const acknowledged: string[] = [];
    let killed = false;
    const writers = Array.from({ length: 4 }, async () => {
      while (!killed) acknowledged.push(await create(url).catch(() => undefined));
    });
    await eventually("sixty identities are created", () => acknowledged.length >= 60);
    server.kill("SIGKILL");
    await server.ended;
    killed = true;
    await Promise.all(writers);

    const written = where === "AUDIT_FILE" ? readFileSync(file, "utf8") : server.stdout.slice(0, server.stdout.lastIndexOf("\n"));
    const audited = new Set(auditedIn(written));
    expect(acknowledged.filter((id) => id !== undefined && !audited.has(id))).toEqual([]);
  }, 30_000);
});

it("keeps every line of a log whose reader is slow, and whose pipe does not block", async () => {
  const fifo = join(folder, "log");
  execFileSync("mkfifo", [fifo]);
  const reading = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  const writing = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  const program = spawn(process.execPath, ["--import", "tsx", "src/main.ts"], {
    stdio: ["ignore", writing, "inherit"],
    env: { PATH: process.env["PATH"], HOST: "127.0.0.1", PORT: "0", ...env() },
  });
  closeSync(writing);
  const ended = new Promise((resolve) => program.once("exit", resolve));
  await stopAfterTest({
    stop: async () => {
      program.kill("SIGKILL");
      await ended;
      closeSync(reading);
    },
  });
  let log = "";
  const buffer = Buffer.alloc(65_536);
  const read = () => {
    try {
      log += buffer.toString("utf8", 0, readSync(reading, buffer));
    } catch (error) {
      // There is nothing to read yet.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  };
  const readUntil = (what: string, holds: () => boolean) => eventually(what, () => (read(), holds()));

  for (; !/GraphQL is at \S+;/.test(log); read()) await sleep(50);
  const [, url] = /GraphQL is at (\S+);/.exec(log)!;
  // A pipe holds 64 kB, and each mutation writes some 500 bytes.
  const acknowledged: string[] = [];
  const creations = Array.from({ length: 200 }, async () => void acknowledged.push(await create(url!)));
  await sleep(1_000);
  expect(acknowledged.length).toBeLessThan(200);
  await readUntil("all identities are created", () => acknowledged.length === 200);
  await Promise.all(creations);
  await readUntil("all lines are read", () => log.endsWith("\n") && log.split('"msg":"request"').length === 201);
  expect(auditedIn(log).sort()).toEqual(acknowledged.sort());
}, 60_000);

it("can be rotated by renaming the file, without a signal and without losing a line", async () => {
  const file = join(folder, "audit.log");
  const free = await startLoopbackServer(() => {});
  await free.stop();
  // Independent of the log, which is off, so that it does not say the port.
  const server = await startCli({ ...env(), AUDIT_FILE: file, LOG_LEVEL: "silent", PORT: new URL(free.url).port });
  const url = `${free.url}/graphql`;
  const isListening = () => fetch(url).then(() => true, () => false);
  while (!(await isListening())) await sleep(50);
  const before = [await create(url), await create(url)];
  renameSync(file, `${file}.1`);
  const after = [await create(url)];
  expect(auditedIn(readFileSync(`${file}.1`, "utf8"))).toEqual(before);
  expect(auditedIn(readFileSync(file, "utf8"))).toEqual(after);
  expect(server.stdout).toBe("");
}, 30_000);

it("is not lost without notice: if the line cannot be written, the caller gets an error and does not know the outcome", async () => {
  const file = join(folder, "logs", "audit.log");
  mkdirSync(join(folder, "logs"));
  const server = await startCli({ ...env(), AUDIT_FILE: file });
  const url = await graphqlUrlOf(server);
  await create(url);
  renameSync(join(folder, "logs"), join(folder, "gone"));
  expect(await create(url)).toMatchObject({ path: ["createIdentity"], extensions: { code: "INTERNAL_SERVER_ERROR", outcome: "UNKNOWN" } });
  await server.waitFor(/"code":"ENOENT"/);
  renameSync(join(folder, "gone"), join(folder, "logs"));
  const id = await create(url);
  const lines = readFileSync(file, "utf8").split("\n");
  expect(lines.map((line) => parseJson(line)).map(({ identityId }) => identityId)).toContain(id);
}, 30_000);

it("has a line with the outcome UNKNOWN for a mutation that still runs when the server stops", async () => {
  const faulty = await stopAfterTest(startFaultyKratos());
  faulty.fault = { do: faults.silent, to: (line) => line.startsWith("POST") };
  const { logger, entries } = captureLog("info");
  const facade = await createFacade({ kratos: new Kratos({ ...faulty, timeoutMs: 20_000 }), logger, authentication: "none" });
  const server = await stopAfterTest(listen(facade.handle, "127.0.0.1", 0).then(({ url, close }) => ({ url, stop: close })));
  const cut = create(`${server.url}/graphql`).catch(() => undefined);
  await eventually("Kratos has the request", () => faulty.hit.length === 1);
  await facade.stop();
  expect(entries().filter(({ audit }) => audit)).toMatchObject([{ caller: "anybody", mutation: "createIdentity", outcome: "UNKNOWN" }]);
  // Ends the mutation. It has no second line.
  await faulty.disconnect();
  await cut;
  expect(entries().filter(({ audit }) => audit)).toHaveLength(1);
});

it("does not keep the server from stopping if the line cannot be written: the log says that it is lost", async () => {
  const faulty = await stopAfterTest(startFaultyKratos());
  faulty.fault = { do: faults.silent, to: (line) => line.startsWith("POST") };
  const logs = join(folder, "logs");
  mkdirSync(logs);
  const server = await startCli({ KRATOS_ADMIN_URL: faulty.adminUrl, AUDIT_FILE: join(logs, "audit.log"), GRACE_MS: "1" });
  const url = await graphqlUrlOf(server);
  rmSync(logs, { recursive: true });
  const cut = create(url).catch(() => undefined);
  await eventually("Kratos has the request", () => faulty.hit.length === 1);
  expect(await server.stop()).toBe(0);
  await cut;
  const lost = server.stdout.split("\n").map((line) => parseJson(line)).find(({ msg }) => msg === "An audit line could not be written.");
  expect(lost).toMatchObject({ level: 50, requestId: expect.any(String), err: { type: "Error", code: "ENOENT", at: expect.any(Array) } });
}, 30_000);
