/** The results as Markdown. */
import { cpuRatio } from "./load.js";
import { EMPTY_APOLLO, PRODUCT } from "./servers.js";

/** @returns the tables for docs/performance.md */
export function toMarkdown(results) {
  const { servers, cases } = results;
  const names = Object.keys(servers).filter((name) => name !== EMPTY_APOLLO.name);
  const caseTable = (title, cellOf) => table([title, ...names], Object.values(cases).map((one) => caseRow(one, names, cellOf)));
  const ratioToProduct = (measured, one) => figure(cpuRatio(measured, one.servers[PRODUCT]));
  return [
    `Measured ${describeRun(results)}.`,
    goalTable(results),
    caseTable("CPU per request, µs", ({ cpu }) => figure(cpu)),
    caseTable("CPU relative to kratos-graphql", ratioToProduct),
    caseTable("Requests per second", ({ perSecond }) => whole(perSecond)),
    caseTable("Latency p50 / p99, ms", ({ p50, p99 }) => `${figure(p50)} / ${figure(p99)}`),
    caseTable("Requests to Kratos per request", ({ upstream }) => figure(upstream)),
    serverTable(servers),
    describeWalk(results.walk),
    describeFailures(results),
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** @returns when, where and how the results were measured */
export function describeRun({ date, machine, options }) {
  const { rounds, seconds, connections } = options;
  const flags = machine.nodeOptions ? ` with NODE_OPTIONS="${machine.nodeOptions}"` : "";
  return (
    `${date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, ${machine.system.replace(/-.*/, "")}, ` +
    `Node ${machine.node}${flags}; medians of ${rounds} rounds of ${seconds} s, ${connections} connections`
  );
}

/** @returns a number with three significant digits */
export function figure(value) {
  if (value === undefined) return "–";
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

/** @returns a number without decimals */
export function whole(value) {
  return value === undefined ? "–" : Math.round(value).toLocaleString("en");
}

/** @returns whether a goal is reached, in words */
export function verdict({ reached }) {
  if (reached === undefined) return "not measured";
  return reached ? "reached" : "not reached";
}

function goalTable({ goals }) {
  const rows = goals.map((one) => {
    const words = one.reached === false ? `**${verdict(one)}**` : verdict(one);
    return [one.goal, one.limit, figure(one.value), words];
  });
  return table(["Goal for kratos-graphql", "At most", "Measured", ""], rows);
}

function caseRow(one, names, cellOf) {
  const cells = names.map((name) => {
    const measured = one.servers[name];
    if (!measured) return "–";
    return measured.error ? "fails" : `${cellOf(measured, one)}${measured.failed > 0 ? " †" : ""}`;
  });
  return [one.title, ...cells];
}

function serverTable(servers) {
  const rows = Object.values(servers).map(({ title, version = "–", startMs, memoryUnderLoad, memoryAfterLoad }) => [
    title,
    version,
    whole(startMs),
    megabytes(memoryUnderLoad),
    megabytes(memoryAfterLoad),
  ]);
  return table(["Server", "Version", "Start to first answer, ms", "Memory under load, MB", "Memory after it, MB"], rows);
}

function megabytes(bytes) {
  return whole(bytes && bytes / 1_000_000);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), `| --- |${" ---: |".repeat(head.length - 1)}`, ...rows.map(line)].join("\n");
}

function describeWalk(walk) {
  if (!walk) return undefined;
  if (walk.error) return `The walk through pages fails: ${walk.error}`;
  const { first, last, ratio } = walk;
  return (
    `The last pages of a walk through 500 pages cost ${figure(ratio)} times the first pages: ${figure(last.cpu)} µs of CPU ` +
    `against ${figure(first.cpu)} µs, and ${figure(last.upstream)} against ${figure(first.upstream)} requests to Kratos.`
  );
}

function describeFailures({ servers, cases }) {
  const notStarted = Object.entries(servers).flatMap(([name, { error }]) => (error ? [`- ${name}: ${error}`] : []));
  const wrong = Object.values(cases).flatMap((one) =>
    Object.entries(one.servers).flatMap(([name, { error, failed, requests }]) => {
      if (error) return [`- ${name}, ${one.title}: ${error}`];
      return failed > 0 ? [`- † ${name}, ${one.title}: ${failed} of ${requests} answers failed.`] : [];
    }),
  );
  const failures = [...notStarted, ...wrong];
  return failures.length > 0 ? `Failures:\n\n${failures.join("\n")}` : undefined;
}
