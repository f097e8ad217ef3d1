/** The goals for the cost of kratos-graphql, and what a run reached. */
import { cpuRatio } from "./load.js";
import { EMPTY_APOLLO, PRODUCT } from "./servers.js";

const MEGABYTE = 1_000_000;

const cpu = (caseName, reference) => ({ cases }) =>
  cpuRatio(cases[caseName]?.servers[PRODUCT], cases[caseName]?.servers[reference]);

/** The CPU goals are set for the large identities. The rows for the small ones have the same limits, for comparison. */
const GOALS = [
  { goal: "identity(id), CPU of the bare proxy, large", limit: 2.3, measure: cpu("identity", "bare") },
  { goal: "identity(id), CPU of the bare proxy, small", limit: 2.3, measure: cpu("small-identity", "bare") },
  { goal: "identity(id), CPU of omnigraph + yoga, large", limit: 0.35, measure: cpu("identity", "mesh-yoga") },
  { goal: "identity(id), CPU of omnigraph + yoga, small", limit: 0.35, measure: cpu("small-identity", "mesh-yoga") },
  { goal: "page of 100, CPU of Tailcall, large", limit: 0.4, measure: cpu("identities", "tailcall") },
  { goal: "page of 100, CPU of Tailcall, small", limit: 0.4, measure: cpu("small-identities", "tailcall") },
  { goal: "page of 100, CPU of omnigraph + yoga, large", limit: 0.2, measure: cpu("identities", "mesh-yoga") },
  { goal: "page of 100, CPU of omnigraph + yoga, small", limit: 0.2, measure: cpu("small-identities", "mesh-yoga") },
  {
    goal: "page of 100 with typed traits, CPU of the one with traits as JSON, large",
    limit: 1.3,
    measure: ({ cases }) => cpuRatio(cases["typed-identities"]?.servers[PRODUCT], cases.identities?.servers[PRODUCT]),
  },
  {
    goal: "100 references, requests to Kratos",
    limit: 1,
    measure: ({ cases }) => cases.orders?.servers[PRODUCT]?.upstream,
  },
  {
    goal: "start to first answer, of an empty Apollo Server with type-graphql",
    limit: 0.7,
    measure: ({ servers }) => servers[PRODUCT]?.startMs / servers[EMPTY_APOLLO.name].startMs,
  },
  {
    goal: "memory under load, MB",
    limit: 250,
    measure: ({ servers }) => servers[PRODUCT]?.memoryUnderLoad / MEGABYTE,
  },
];

/** @returns each goal with its limit, the value, and whether it is reached; without the last two if it was not measured */
export function compareWithGoals(results) {
  return GOALS.map(({ goal, limit, measure }) => {
    const value = measure(results);
    return value > 0 ? { goal, limit, value, reached: value <= limit } : { goal, limit };
  });
}
