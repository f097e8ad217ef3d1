import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./check-answer.js";
import { cpuMicroseconds, residentBytes } from "./process-tree.js";

const MEMORY_EVERY_MS = 200;
/** Lets what the load left behind, as garbage, be cleared away on the sample's own account. */
const SETTLE_MS = 30;

/** @returns requests to the upstream since it was last asked */
export async function countUpstream(upstreamUrl) {
  const { json } = await ask(upstreamUrl, { method: "GET", path: "/__requests" });
  return Object.values(json).reduce((sum, count) => sum + count, 0);
}

/** One server under the load of one case for some time: every figure of it. */
export async function sample({ load, key, job, pid, upstreamUrl }) {
  await countUpstream(upstreamUrl);
  let memory = 0;
  const watch = () => (memory = Math.max(memory, residentBytes(pid)));
  const timer = setInterval(watch, MEMORY_EVERY_MS);
  try {
    const before = cpuMicroseconds(pid);
    const { requests, failed, perSecond, p50, p99 } = await load.run(key, job);
    await sleep(SETTLE_MS);
    const cpu = cpuMicroseconds(pid) - before;
    watch();
    const upstream = await countUpstream(upstreamUrl);
    return { requests, failed, cpu: cpu / requests, perSecond, p50, p99, upstream: upstream / requests, memory };
  } finally {
    clearInterval(timer);
  }
}
