import { median } from "./median.js";

/** The samples of one server and case as one: medians over the rounds, but for what counts as a whole. */
export function mediansOf(samples) {
  const of = (key) => median(samples.map((one) => one[key]));
  return {
    cpu: of("cpu"),
    perSecond: of("perSecond"),
    p50: of("p50"),
    p99: of("p99"),
    upstream: of("upstream"),
    memory: Math.max(...samples.map(({ memory }) => memory)),
    requests: samples.reduce((sum, { requests }) => sum + requests, 0),
    failed: samples.reduce((sum, { failed }) => sum + failed, 0),
    cpuByRound: samples.map(({ cpu }) => cpu),
  };
}
