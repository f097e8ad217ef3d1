/** Puts a server under load and measures it. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ask, cpuTime, residentMemory } from "./processes.js";

const MEMORY_INTERVAL_MS = 200;
/** Lets the garbage of the last answers be collected within the sample that caused it. */
const SETTLE_MS = 30;

/** The load generator, a process of its own (load-generator.js). */
export class LoadGenerator {
  #process = fork(join(import.meta.dirname, "load-generator.js"));
  #positions = new Map();
  #upstreamUrl;

  constructor(upstreamUrl) {
    this.#upstreamUrl = upstreamUrl;
  }

  /**
   * Takes one sample.
   * @param key samples with the same key continue in `requests` where the last one ended
   * @param server the running server
   * @param job requests, expected status and length, connections and seconds
   */
  async sample(key, server, job) {
    await this.#countUpstream();
    let memory = 0;
    const watch = () => (memory = Math.max(memory, residentMemory(server.pid)));
    const timer = setInterval(watch, MEMORY_INTERVAL_MS);
    try {
      const cpuBefore = cpuTime(server.pid);
      const { requests, ...result } = await this.#run(key, { ...job, url: server.url });
      await sleep(SETTLE_MS);
      const cpu = (cpuTime(server.pid) - cpuBefore) / requests;
      watch();
      return { ...result, requests, cpu, memory, upstream: (await this.#countUpstream()) / requests };
    } finally {
      clearInterval(timer);
    }
  }

  stop() {
    this.#process.kill();
  }

  async #run(key, job) {
    this.#process.send({ ...job, position: this.#positions.get(key) ?? 0 });
    const [{ error, position, ...result }] = await once(this.#process, "message");
    if (error) throw new Error(error);
    this.#positions.set(key, position);
    return result;
  }

  /** @returns the requests that the upstream received since this was last called */
  async #countUpstream() {
    return (await ask(this.#upstreamUrl, { method: "GET", path: "/__requests" })).json.count;
  }
}

/** @returns the samples of one server and case as medians over the rounds, with the peak memory and the sums of requests */
export function summarize(samples) {
  const medianOf = (key) => median(samples.map((sample) => sample[key]));
  const sumOf = (key) => samples.reduce((sum, sample) => sum + sample[key], 0);
  return {
    cpu: medianOf("cpu"),
    perSecond: medianOf("perSecond"),
    p50: medianOf("p50"),
    p99: medianOf("p99"),
    upstream: medianOf("upstream"),
    memory: Math.max(...samples.map(({ memory }) => memory)),
    requests: sumOf("requests"),
    failed: sumOf("failed"),
    cpuByRound: samples.map(({ cpu }) => cpu),
  };
}

/**
 * @returns the median of each round's ratio of CPU time, or undefined if one of the two was not measured. Whatever else the
 * machine did in a round, it did to both.
 */
export function cpuRatio(measured, reference) {
  if (!measured?.cpuByRound || !reference?.cpuByRound) return undefined;
  return median(measured.cpuByRound.map((cpu, round) => cpu / reference.cpuByRound[round]));
}

/** @returns the median, or undefined if there are no values */
export function median(values) {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns the list, starting at another item each round, so that no server always comes after the same one */
export function rotate(list, round) {
  const start = list.length === 0 ? 0 : round % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}
