import { median } from "../measure/median.js";
import { PRODUCT } from "../servers/index.js";
import { circumstances, figure, mebibytes, whole } from "./format.js";

/** The results as Markdown tables. */
export function toMarkdown(results) {
  const names = Object.keys(results.servers).filter((name) => name !== "hello");
  return [
    `Measured ${circumstances(results)}.`,
    caseTable("CPU microseconds per request", results, names, ({ cpu }) => figure(cpu)),
    names.includes(PRODUCT) && caseTable("CPU, times that of kratos-graphql", results, names, ratio),
    caseTable("Requests per second", results, names, ({ perSecond }) => whole(perSecond)),
    caseTable("Latency in milliseconds, p50 / p99", results, names, ({ p50, p99 }) => `${figure(p50)} / ${figure(p99)}`),
    caseTable("Requests to Kratos per request", results, names, ({ upstream }) => figure(upstream)),
    serverTable(results),
    pagingLine(results),
    ...troubles(results),
  ]
    .filter(Boolean)
    .join("\n\n");
}

function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = `| --- |${" ---: |".repeat(head.length - 1)}`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}

function caseTable(title, { cases }, names, cellOf) {
  const cell = (measured, one) => {
    if (!measured) return "–";
    return measured.error ? "fails" : `${cellOf(measured, one)}${measured.failed > 0 ? " †" : ""}`;
  };
  const rows = Object.values(cases).map((one) => [one.title, ...names.map((name) => cell(one.servers[name], one))]);
  return table([[title, ...names], ...rows]);
}

/** The median of each round's ratio: what else the machine did in a round, it did to both. */
function ratio({ cpuByRound }, { servers }) {
  const product = servers[PRODUCT]?.cpuByRound;
  return product ? figure(median(cpuByRound.map((cpu, round) => cpu / product[round]))) : "–";
}

function serverTable({ servers }) {
  const head = ["Server", "Version", "Start to first answer, ms", "Memory under load, MiB", "Memory after it, MiB"];
  const rows = Object.values(servers).map(({ title, version = "–", startUp, memoryUnderLoad, memoryAfterLoad }) => [
    title,
    version,
    whole(startUp),
    mebibytes(memoryUnderLoad),
    mebibytes(memoryAfterLoad),
  ]);
  return table([head, ...rows]);
}

function pagingLine({ paging }) {
  if (!paging) return undefined;
  if (paging.error) return `The walk fails: ${paging.error}`;
  const { page1, page500, ratio } = paging;
  return (
    `Page 500 of a walk costs ${figure(ratio)} times page 1: ${figure(page500.cpu)} against ${figure(page1.cpu)} µs of CPU, ` +
    `and ${figure(page500.upstream)} against ${figure(page1.upstream)} requests to Kratos.`
  );
}

/** What did not go well, server by server and case by case. */
function troubles({ servers, cases }) {
  const notStarted = Object.entries(servers).flatMap(([name, { error }]) => (error ? [`- ${name}: ${error}`] : []));
  const wrong = Object.values(cases).flatMap((one) =>
    Object.entries(one.servers).flatMap(([name, { error, failed, requests }]) => {
      if (error) return [`- ${name}, ${one.title}: ${error}`];
      return failed > 0 ? [`- † ${name}, ${one.title}: ${failed} of ${requests} answers failed`] : [];
    }),
  );
  const all = [...notStarted, ...wrong];
  return all.length > 0 ? [`What failed:\n\n${all.join("\n")}`] : [];
}
