/** The result of one check. A failure makes the command exit with 1, a note is only for information. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "note" | "FAIL";
  /** What was found and, after a failure, what to do about it. */
  readonly message: string;
}

export const ok = (check: string, message: string): Finding => ({ check, status: "ok", message });
export const note = (check: string, message: string): Finding => ({ check, status: "note", message });
export const fail = (check: string, message: string): Finding => ({ check, status: "FAIL", message });

/** One line for each finding, and a summary. */
export function toTable(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, status, message }) => `${status.padEnd(4)}  ${check.padEnd(width)}  ${message}`);
  const failed = findings.filter(({ status }) => status === "FAIL").length;
  const summary = failed === 0 ? "No problems found." : `${failed} ${failed === 1 ? "problem" : "problems"} found.`;
  return `${lines.join("\n")}\n\n${summary}\n`;
}
