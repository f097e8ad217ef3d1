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

/** A soak's table in Markdown. */
export function toMarkdown({ minutes, callers, ledger, faults, start, end }: Soak): string {
  const list = (counts: ReadonlyMap<string, number>) => [...counts].map(([name, count]) => `${name} ${count}`).join(", ") || "none";
  const rows = [
    ["Length", `${minutes} min, ${callers} callers, Node ${process.versions.node}`],
    ["Requests", `${ledger.requests} (${Math.round(ledger.requests / (minutes * 60))} a second)`],
    ["Faults made between server and Kratos", list(faults)],
    ["Errors that callers saw", list(ledger.errors)],
    ["**Wrong answers**", `**${ledger.wrong.length}**`],
    ["p50 / p99", `${ledger.percentile(0.5).toFixed(1)} ms / ${ledger.percentile(0.99).toFixed(1)} ms`],
    ["Memory at the start / at the end", `${start.memoryMb} MB / ${end.memoryMb} MB`],
    ["Sockets at the start / at the end", `${start.sockets} / ${end.sockets}`],
  ];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

const FILE = "docs/operations.md";
const PLACE = /(<!-- soak -->\n)[\s\S]*(<!-- \/soak -->)/;

/** Puts the table into docs/operations.md. */
export function writeDocs(table: string): void {
  const page = readFileSync(FILE, "utf8");
  if (!PLACE.test(page)) throw new Error(`${FILE} has no <!-- soak --> place for the table.`);
  writeFileSync(FILE, page.replace(PLACE, (_, before: string, after: string) => `${before}\n${table}\n\n${after}`));
}
