import { walk } from "../cases/paging.js";
import { ask } from "./check-answer.js";
import { median } from "./median.js";
import { sample } from "./sample.js";

/** What the last page of a walk costs against the first, in turns. */
export async function measurePaging({ load, running, upstreamUrl, rounds, seconds, connections }) {
  const requests = await walk(running.url);
  const pages = Object.keys(requests);
  const samples = { page1: [], page500: [] };
  for (let round = -1; round < rounds; round += 1) {
    for (const page of round % 2 === 0 ? pages : pages.toReversed()) {
      const { status, length } = await ask(running.url, requests[page]);
      const job = { url: running.url, requests: [requests[page]], expected: { status, length }, connections, seconds };
      const measured = await sample({ load, key: page, job, pid: running.pid, upstreamUrl });
      // The round before the first is the warm-up.
      if (round >= 0) samples[page].push(measured);
    }
  }
  const [page1, page500] = pages.map((page) => ({
    cpu: median(samples[page].map(({ cpu }) => cpu)),
    upstream: median(samples[page].map(({ upstream }) => upstream)),
  }));
  return { page1, page500, ratio: page500.cpu / page1.cpu };
}
