/**
 * What callers see if they ask for more than Kratos can answer. After `npm run build`, run `node bench/overload.js`.
 * Its table is in docs/operations.md.
 */
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { graphql } from "./cases/requests.js";
import { start } from "./processes.js";

const CONNECTIONS = 8;
const SERVICE_MS = 100;
const SECONDS = 10;
/** Requests per second that Kratos can answer, since it takes the same time for each. */
const CAPACITY = (CONNECTIONS * 1000) / SERVICE_MS;
const RUNS = [
  { times: 0.5, queue: 16 },
  { times: 0.9, queue: 16 },
  { times: 2, queue: 16 },
  { times: 2, queue: 1_000_000 },
];

const ID = "11111111-1111-4111-8111-111111111111";
const IDENTITY = JSON.stringify({ id: ID, schema_id: "default", schema_url: "http://kratos/schemas/default", traits: {} });
const REQUEST = graphql(`{ identity(id: "${ID}") { id traits } }`);

const kratos = http.createServer((_request, response) => {
  setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(IDENTITY), SERVICE_MS);
});
kratos.listen(0, "127.0.0.1");
await once(kratos, "listening");

console.log("| Load, relative to capacity | `KRATOS_QUEUE` | Answered | `OVERLOADED` | p50, ms | p99, ms | p99 of a refusal, ms |");
console.log("|---|---:|---:|---:|---:|---:|---:|");
for (const { times, queue } of RUNS) {
  const server = await start(kratosGraphql(queue), `http://127.0.0.1:${kratos.address().port}`);
  await load(server.url, CAPACITY / 4, 2);
  const { answered, refused } = await load(server.url, CAPACITY * times, SECONDS);
  await server.stop();
  const shares = [share(answered, refused), share(refused, answered)];
  const latencies = [percentile(answered, 0.5), percentile(answered, 0.99), percentile(refused, 0.99)];
  console.log(`| ${[`${times} ×`, queue, ...shares, ...latencies].join(" | ")} |`);
}
kratos.close();

function kratosGraphql(queue) {
  return {
    command: () => [process.execPath, join(import.meta.dirname, "../dist/main.js")],
    env: {
      LOG_LEVEL: "silent",
      KRATOS_VERSION: "v26.2.0",
      KRATOS_CONNECTIONS: String(CONNECTIONS),
      KRATOS_QUEUE: String(queue),
      SHUTDOWN_DELAY_MS: "0",
    },
    firstRequest: graphql("{ __typename }"),
    checkFirst: ({ data }) => {
      if (data?.__typename !== "Query") throw new Error("Expected data.");
    },
  };
}

/** Sends requests at a constant rate, whether or not earlier ones have been answered. */
async function load(url, perSecond, seconds) {
  // Shorter than the time after which the server closes an idle connection.
  const agent = new http.Agent({ keepAlive: true, timeout: 2_000 });
  const answered = [];
  const refused = [];
  const sent = [];
  const startedAt = performance.now();
  for (let count = 0; count < perSecond * seconds; count += 1) {
    const due = startedAt + (count / perSecond) * 1000;
    if (due > performance.now()) await sleep(due - performance.now());
    sent.push(send(url, agent).then(({ ms, overloaded }) => (overloaded ? refused : answered).push(ms)));
  }
  await Promise.all(sent);
  agent.destroy();
  return { answered, refused };
}

function send(url, agent) {
  const { method, path, headers, body } = REQUEST;
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(`${url}${path}`, { method, agent, headers }, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      const overloaded = text.includes('"OVERLOADED"');
      if (!overloaded && text.includes('"errors"') && !text.includes("KRATOS_UNAVAILABLE")) reject(new Error(text));
      resolve({ ms: performance.now() - startedAt, overloaded });
    });
    request.on("error", reject);
    request.end(body);
  });
}

function share(some, others) {
  return `${Math.round((100 * some.length) / (some.length + others.length))} %`;
}

function percentile(times, part) {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted.length === 0 ? "–" : Math.round(sorted[Math.floor(sorted.length * part)]);
}
