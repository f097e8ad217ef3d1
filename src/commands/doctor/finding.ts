/** What one check found. A fault ends the doctor with 1; a note is something to know. */
export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "note" | "fault";
  /** What was seen, and what to do about it where it is not well. */
  readonly seen: string;
}

export const ok = (check: string, seen: string): Finding => ({ check, verdict: "ok", seen });
export const note = (check: string, seen: string): Finding => ({ check, verdict: "note", seen });
export const fault = (check: string, seen: string): Finding => ({ check, verdict: "fault", seen });
