/** A long mixed load with faults sprinkled in, every answer held against a model: npm run soak -- [--minutes 10] [--callers 8] [--write-docs] */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startFakeKratos } from "../src/fake-kratos/index.js";
import { Caller } from "./caller.js";
import { startFaultProxy } from "./fault-proxy.js";
import { Ledger } from "./ledger.js";
import { toMarkdown, writeDocs } from "./report.js";
import { startServer } from "./server-process.js";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, callers: { type: "string", default: "8" }, "write-docs": { type: "boolean", default: false } },
});
const minutes = Number(values.minutes);
const callers = Number(values.callers);
if (!(minutes > 0) || !Number.isInteger(callers) || callers < 1) {
  console.error("--minutes must be a number above 0, as 10, and --callers a whole one, as 8.");
  process.exit(2);
}

/** What the server's compilers and caches need before its memory says anything. */
const WARM_UP_MS = 20_000;

const kratos = await startFakeKratos();
const proxy = await startFaultProxy(kratos.adminUrl);
const server = await startServer(proxy.url, kratos.publicUrl);
const ledger = new Ledger();
const crew = Array.from({ length: callers }, () => new Caller(server.url, server.key, ledger));

async function runFor(ms: number): Promise<void> {
  const end = Date.now() + ms;
  await Promise.all(
    crew.map(async (caller) => {
      while (Date.now() < end && server.isUp()) await caller.step();
    }),
  );
}

await runFor(Math.min(WARM_UP_MS, minutes * 15_000));
const start = server.held();
const length = minutes * 60_000 - Math.min(WARM_UP_MS, minutes * 15_000);
for (let done = 0; done < length && server.isUp(); done += 60_000) {
  await runFor(Math.min(60_000, length - done));
  const { memoryMb, sockets } = server.held();
  console.error(`${ledger.requests} requests, ${ledger.wrong.length} wrong, ${memoryMb} MB, ${sockets} sockets`);
}
proxy.heal();
for (const caller of crew) await caller.walk();
// Connections that nobody uses any more are closed after some seconds.
await sleep(6_000);
const end = server.held();
const exit = await server.stop();
if (exit !== 0) ledger.isWrong(`the server ended with ${exit}`);
proxy.stop();
await kratos.stop();

const table = toMarkdown({ minutes, callers, ledger, faults: proxy.made, start, end });
console.log(table);
for (const what of ledger.wrong.slice(0, 20)) console.error(`wrong: ${what}`);
if (values["write-docs"]) writeDocs(table);
process.exit(ledger.wrong.length > 0 ? 1 : 0);
