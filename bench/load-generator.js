/** The process that generates load: keeps a fixed number of requests in flight for some time. See load.js. */
import { Pool } from "undici";

/** Bounds a sample in addition to its time. */
const MAX_REQUESTS = 200_000;
const TIMEOUT_MS = 10_000;
/** How far the length of an answer may be from that of the answer that was checked. */
const LENGTH_TOLERANCE = 0.2;

process.on("disconnect", () => process.exit());
process.on("message", async (job) => {
  try {
    process.send(await run(job));
  } catch (error) {
    process.send({ error: String(error) });
  }
});

async function run({ url, requests, expected, connections, seconds, position }) {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  const latencies = [];
  let failed = 0;
  let next = position;
  const start = performance.now();
  const end = start + seconds * 1000;

  async function worker() {
    while (performance.now() < end && latencies.length < MAX_REQUESTS) {
      const request = requests[next++ % requests.length];
      const sentAt = performance.now();
      const answer = await send(pool, request).catch(() => undefined);
      latencies.push(performance.now() - sentAt);
      if (!isExpected(answer, expected)) failed += 1;
    }
  }
  await Promise.all(Array.from({ length: connections }, worker));
  const elapsed = (performance.now() - start) / 1000;
  await pool.close();
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    failed,
    perSecond: latencies.length / elapsed,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    position: next % requests.length,
  };
}

/** Sends one request. @returns the status and the length of the answer */
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

function isExpected(answer, expected) {
  if (answer?.status !== expected.status) return false;
  return Math.abs(answer.length - expected.length) <= 16 + expected.length * LENGTH_TOLERANCE;
}

function percentile(sorted, part) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
}
