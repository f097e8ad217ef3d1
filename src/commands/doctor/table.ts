import type { Finding } from "./finding.js";

const SIGNS = { ok: "ok", note: "note", fault: "FAULT" };

/** Findings as lines of text, in columns, with a last line that says how many faults there are. */
export function toTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, verdict, seen }) => `${SIGNS[verdict].padEnd(5)}  ${check.padEnd(width)}  ${seen}`);
  const faults = findings.filter(({ verdict }) => verdict === "fault").length;
  const summary = faults === 0 ? "No faults." : `${faults} ${faults === 1 ? "fault" : "faults"}.`;
  return `${lines.join("\n")}\n\n${summary}\n`;
}
