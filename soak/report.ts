import { readFileSync, writeFileSync } from "node:fs";
import type { Ledger } from "./ledger.js";
import type { Held } from "./server-process.js";

export interface Soak {
  readonly minutes: number;
  readonly callers: number;
  readonly ledger: Ledger;
  readonly faults: ReadonlyMap<string, number>;
  readonly start: Held;
  readonly end: Held;
}

/** Formats the results of a soak test as a Markdown table. */
export function toMarkdown({ minutes, callers, ledger, faults, start, end }: Soak): string {
  const list = (counts: ReadonlyMap<string, number>) => [...counts].map(([name, count]) => `${name} ${count}`).join(", ") || "none";
  const rows = [
    ["Duration", `${minutes} min, ${callers} callers, Node ${process.versions.node}`],
    ["Requests", `${ledger.requests} (${Math.round(ledger.requests / (minutes * 60))} per second)`],
    ["Faults injected between the server and Kratos", list(faults)],
    ["Errors that callers received", list(ledger.errors)],
    ["**Wrong responses**", `**${ledger.wrong.length}**`],
    ["p50 / p99", `${ledger.percentile(0.5).toFixed(1)} ms / ${ledger.percentile(0.99).toFixed(1)} ms`],
    ["Memory at the start / end", `${start.memoryMb} MB / ${end.memoryMb} MB`],
    ["Sockets at the start / end", `${start.sockets} / ${end.sockets}`],
  ];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

const FILE = "docs/operations.md";
const PLACE = /(<!-- soak -->\n)[\s\S]*(<!-- \/soak -->)/;

/** Writes the table to docs/operations.md. */
export function writeDocs(table: string): void {
  const page = readFileSync(FILE, "utf8");
  if (!PLACE.test(page)) throw new Error(`${FILE} must contain <!-- soak --> and <!-- /soak -->, between which the table is written.`);
  writeFileSync(FILE, page.replace(PLACE, (_, before: string, after: string) => `${before}\n${table}\n\n${after}`));
}
