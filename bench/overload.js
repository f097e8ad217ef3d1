// What callers get when twice as much is asked as Kratos can answer: node bench/overload.js, after npm run build.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const CONNECTIONS = 8;
const SERVICE_MS = 100;
const SECONDS = 10;
const PORT = 4996;
/** Kratos answers each request after the same time, so this is what it can do a second. */
const SUSTAINABLE = (CONNECTIONS * 1000) / SERVICE_MS;

const ID = "11111111-1111-4111-8111-111111111111";
const IDENTITY = JSON.stringify({ id: ID, schema_id: "default", schema_url: "http://kratos/schemas/default", traits: {} });
const BODY = JSON.stringify({ query: `{ identity(id: "${ID}") { id traits } }` });

const kratos = http.createServer((_request, response) => {
  setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(IDENTITY), SERVICE_MS);
});
kratos.listen(0, "127.0.0.1");
await once(kratos, "listening");

console.log("| Asked, of what is sustainable | `KRATOS_QUEUE` | Answered | `OVERLOADED` | p50 ms | p99 ms | p99 of a refusal ms |");
console.log("|---|---:|---:|---:|---:|---:|---:|");
for (const [times, queue] of [[0.5, 16], [0.9, 16], [2, 16], [2, 1_000_000]]) {
  const server = await startServer(queue);
  await load(SUSTAINABLE / 4, 2);
  const { answered, refused } = await load(SUSTAINABLE * times, SECONDS);
  server.kill();
  await once(server, "exit");
  const row = [`${times} ×`, queue, share(answered, refused), share(refused, answered), percentile(answered, 0.5), percentile(answered, 0.99), percentile(refused, 0.99)];
  console.log(`| ${row.join(" | ")} |`);
}
process.exit();

async function startServer(queue) {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    LOG_LEVEL: "silent",
    PORT: String(PORT),
    KRATOS_ADMIN_URL: `http://127.0.0.1:${kratos.address().port}`,
    KRATOS_VERSION: "v26.2.0",
    KRATOS_CONNECTIONS: String(CONNECTIONS),
    KRATOS_QUEUE: String(queue),
    SHUTDOWN_DELAY_MS: "0",
  };
  const server = spawn(process.execPath, ["dist/main.js"], { env, stdio: "inherit" });
  while (!(await fetch(`http://127.0.0.1:${PORT}/health/live`).catch(() => undefined))?.ok) await sleep(50);
  return server;
}

/** Sends so many a second, whether or not the ones before are answered. */
async function load(perSecond, seconds) {
  // Shorter than the server keeps a connection that nobody uses.
  const agent = new http.Agent({ keepAlive: true, timeout: 2_000 });
  const answered = [];
  const refused = [];
  const sent = [];
  const start = performance.now();
  for (let count = 0; count < perSecond * seconds; count++) {
    const due = start + (count / perSecond) * 1000;
    if (due > performance.now()) await sleep(due - performance.now());
    sent.push(ask(agent).then(({ ms, overloaded }) => (overloaded ? refused : answered).push(ms)));
  }
  await Promise.all(sent);
  agent.destroy();
  return { answered, refused };
}

function ask(agent) {
  const start = performance.now();
  const headers = { "content-type": "application/json", "content-length": BODY.length };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port: PORT, path: "/graphql", method: "POST", agent, headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const overloaded = text.includes('"OVERLOADED"');
      if (!overloaded && text.includes('"errors"') && !text.includes("KRATOS_UNAVAILABLE")) reject(new Error(text));
      resolve({ ms: performance.now() - start, overloaded });
    });
    request.on("error", reject);
    request.end(BODY);
  });
}

function share(some, others) {
  return `${Math.round((100 * some.length) / (some.length + others.length))} %`;
}

function percentile(times, share) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.length === 0 ? "–" : Math.round(sorted[Math.floor(sorted.length * share)]);
}
