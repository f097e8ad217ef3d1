/** A time as Kratos writes it, with microseconds. */
export function timestamp(at = performance.timeOrigin + performance.now()): string {
  const microseconds = String(Math.floor((at % 1) * 1000)).padStart(3, "0");
  return new Date(at).toISOString().replace("Z", `${microseconds}Z`);
}

/** Go's zero time, which Kratos shows if a time was never set. */
export const ZERO_TIME = "0001-01-01T00:00:00Z";

// The micro sign and the Greek letter look the same; Go accepts both.
const MS_PER_UNIT: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, "\u00b5s": 1e-3, "\u03bcs": 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };
const TERM = `(\\d+\\.?\\d*|\\.\\d+)(${Object.keys(MS_PER_UNIT).join("|")})`;

/** Go keeps nanoseconds in 64 bits: some 292 years. */
const MAX_MS = 2 ** 63 / 1e6;

/** Parses a duration in Go's form, e.g. `1h30m`, to milliseconds. Returns NaN if it is not one. */
export function parseDuration(text: string): number {
  if (!new RegExp(`^[+-]?(${TERM})+$`).test(text)) return NaN;
  const ms = [...text.matchAll(new RegExp(TERM, "g"))].reduce((sum, [, count, unit = ""]) => sum + Number(count) * MS_PER_UNIT[unit]!, 0);
  if (ms > MAX_MS) return NaN;
  return text.startsWith("-") ? -ms : ms;
}
