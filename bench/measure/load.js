import { fork } from "node:child_process";
import { once } from "node:events";
import { inBench } from "../servers/paths.js";

/** Bounds a sample beside its time. */
const MOST_REQUESTS = 200_000;

/** The load generator's process. Each sample goes on in the requests where the last one of its kind ended. */
export class LoadGenerator {
  #process = fork(inBench("measure/load-process.js"));
  #positions = new Map();

  /**
   * @param key what the position in the requests is remembered by
   * @param job url, requests, expected, connections and seconds
   */
  async run(key, job) {
    this.#process.send({ ...job, mostRequests: MOST_REQUESTS, from: this.#positions.get(key) ?? 0 });
    const [{ result, error }] = await once(this.#process, "message");
    if (error) throw new Error(error);
    this.#positions.set(key, result.next);
    return result;
  }

  stop() {
    this.#process.kill();
  }
}
