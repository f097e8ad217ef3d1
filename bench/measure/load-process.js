/** The load generator, in a process of its own: keeps a fixed number of requests under way for some time. */
import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import { percentile } from "./median.js";

/** How far an answer's length may be from that of the answer that was looked at. */
const LENGTH_TOLERANCE = 0.2;

/** Sends one request. @returns the status and the length of its answer */
function send(pool, request) {
  return new Promise((resolve, reject) => {
    let status = 0;
    let length = 0;
    pool.dispatch(request, {
      onRequestStart() {},
      onResponseStart: (_, statusCode) => (status = statusCode),
      onResponseData: (_, chunk) => (length += chunk.length),
      onResponseEnd: () => resolve({ status, length }),
      onResponseError: (_, error) => reject(error),
    });
  });
}

async function run({ url, requests, expected, connections, seconds, mostRequests, from }) {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 10_000, bodyTimeout: 10_000 });
  const latencies = [];
  let failed = 0;
  let next = from;
  const start = performance.now();
  const end = start + seconds * 1000;

  const isRight = ({ status, length }) =>
    status === expected.status && Math.abs(length - expected.length) <= 16 + expected.length * LENGTH_TOLERANCE;

  async function worker() {
    while (performance.now() < end && latencies.length < mostRequests) {
      const request = requests[next++ % requests.length];
      const sent = performance.now();
      const answer = await send(pool, request).catch(() => undefined);
      latencies.push(performance.now() - sent);
      if (!answer || !isRight(answer)) failed += 1;
    }
  }
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = (performance.now() - start) / 1000;
  await pool.close();
  return {
    requests: latencies.length,
    failed,
    perSecond: latencies.length / elapsed,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    next,
  };
}

process.on("disconnect", () => process.exit());
process.on("message", async (job) => {
  try {
    process.send({ result: await run(job) });
  } catch (error) {
    process.send({ error: String(error) });
  }
});
